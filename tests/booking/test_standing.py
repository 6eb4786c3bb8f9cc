"""What a conversation has made, as far as it can still be changed."""

import pytest
from booking_examples import REQUEST


@pytest.fixture
def slot(book):
    return book.offered()[0]


def test_what_a_conversation_has_made_stands_the_oldest_first(book, visitor, slot, clock):
    asked = book.request_callback("asked", visitor, REQUEST, "mornings")
    clock.advance(seconds=1)
    made = book.book("made", visitor, REQUEST, slot)
    clock.advance(seconds=1)
    confirmed = book.confirm("c", book.book("more", visitor, REQUEST, book.offered()[3]).id)
    assert book.standing_of(visitor) == (asked, made, confirmed)


def test_what_others_have_made_does_not_count(book, visitor, other, slot):
    book.book("made", other, REQUEST, slot)
    book.book("by staff", None, REQUEST, book.offered()[3])
    assert book.standing_of(visitor) == ()


def test_what_is_held_cancelled_or_closed_does_not_stand(book, visitor, slot):
    book.cancel("k1", book.book("made", visitor, REQUEST, slot).id, "visitor")
    book.close("k2", book.book("wrong", visitor, REQUEST, book.offered()[3]).id, "entered-in-error")
    book.hold(visitor, book.offered()[5])
    assert book.standing_of(visitor) == ()


def test_what_has_begun_does_not_stand(book, visitor, slot, clock):
    made = book.book("made", visitor, REQUEST, slot)
    clock.time = slot.starts_at
    assert book.standing_of(visitor) == ()
    assert book.get(made.id) == made
