"""An appointment is found by its reference and contact, and not by guessing."""

import re

import pytest
from booking_examples import REQUEST
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.booking import references
from bot.booking.errors import NoSuchAppointment, TooManyTries
from bot.booking.references import as_stored, new_reference, same_contact, shown


@pytest.fixture
def made(book, visitor):
    return book.book("made", visitor, REQUEST, book.offered()[0])


def test_references_have_no_look_alikes_and_are_shown_in_two_halves():
    for _ in range(200):
        assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}", shown(new_reference()))


def test_a_reference_that_is_taken_is_drawn_again(book, monkeypatch):
    drawn = iter(["AAAAAAAA", "AAAAAAAA", "AAAAAAAA", "BBBBBBBB"])
    monkeypatch.setattr("bot.booking.entries.new_reference", lambda: next(drawn))
    first = book.request_callback("k1", None, REQUEST, None)
    second = book.request_callback("k2", None, REQUEST, None)
    assert (first.reference, second.reference) == ("AAAA-AAAA", "BBBB-BBBB")


@settings(deadline=None)
@given(st.text(references._ALPHABET, min_size=8, max_size=8), st.data())
def test_a_reference_is_read_as_people_type_it(reference, data):
    look_alikes = {"0": "0Oo", "1": "1IiLl"}
    typed = "".join(
        data.draw(st.sampled_from(look_alikes.get(letter, letter + letter.lower())))
        + data.draw(st.sampled_from(["", "", "-", " ", " - ", "\N{EN DASH}", ".", "_"]))
        for letter in reference
    )
    assert as_stored(f" {typed}\n") == reference


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("+14045550190", "404 555 0190", True),
        ("+14045550190", "(404) 555-0190", True),
        ("+14045550190", "1-404-555-0190", True),
        ("+14045550190", "404 555 0191", False),
        ("+14045550190", "5550190", False),
        ("+14045550190", "", False),
        ("+14045550190", "ann@clinic.example", False),
        ("Ann@Clinic.example", " ann@clinic.EXAMPLE ", True),
        ("ann@clinic.example", "anne@clinic.example", False),
        ("", "", False),
        ("none", "no digits", False),
    ],
)
def test_contacts_are_compared_as_people_type_them(one, other, same):
    assert same_contact(one, other) is same
    assert same_contact(other, one) is same


def test_an_appointment_is_found(book, made):
    assert book.find(made.reference.lower().replace("-", " "), "(404) 555 0190", asked_by="c") == made


def test_wrong_reference_and_wrong_contact_are_told_alike(book, made):
    with pytest.raises(NoSuchAppointment) as wrong_contact:
        book.find(made.reference, "404 555 0100", asked_by="c")
    with pytest.raises(NoSuchAppointment) as wrong_reference:
        book.find("0000-0000", REQUEST.contact, asked_by="c")
    assert str(wrong_contact.value) == str(wrong_reference.value)


def test_a_held_time_is_not_found(book, visitor, monkeypatch):
    monkeypatch.setattr("bot.booking.entries.new_reference", lambda: "AAAAAAAA")
    book.hold(visitor, book.offered()[0])
    with pytest.raises(NoSuchAppointment):
        book.find("AAAA-AAAA", "", asked_by="c")


def fail(book, times, reference="0000-0000", asked_by="c"):
    for number in range(times):
        with pytest.raises(NoSuchAppointment):
            book.find(reference, "404 555 0100", asked_by=asked_by.format(number))


def test_after_five_wrong_tries_one_has_to_wait_an_hour(book, made, clock):
    fail(book, 5)
    with pytest.raises(TooManyTries):
        book.find(made.reference, REQUEST.contact, asked_by="c")
    assert book.find(made.reference, REQUEST.contact, asked_by="another") == made
    clock.advance(minutes=59)
    with pytest.raises(TooManyTries):
        book.find(made.reference, REQUEST.contact, asked_by="c")
    clock.advance(minutes=1)
    assert book.find(made.reference, REQUEST.contact, asked_by="c") == made


def test_right_tries_do_not_count(book, made):
    fail(book, 4)
    for _ in range(10):
        assert book.find(made.reference, REQUEST.contact, asked_by="c") == made


def test_a_reference_is_closed_for_an_hour_after_twenty_wrong_tries_by_anybody(book, made, clock):
    fail(book, 20, made.reference, "visitor {}")
    with pytest.raises(TooManyTries):
        book.find(made.reference.lower(), REQUEST.contact, asked_by="its owner")
    fail(book, 1, "0000-0001", "its owner")
    clock.advance(hours=1)
    assert book.find(made.reference, REQUEST.contact, asked_by="its owner") == made


def test_tries_are_forgotten_when_they_do_not_count_any_more(book, clock, count):
    fail(book, 3)
    clock.advance(minutes=30)
    fail(book, 1)
    clock.advance(minutes=30)
    book.expire()
    assert count("booking_attempts") == 1


def test_anything_can_be_typed_for_a_reference(book):
    for typed in ("", "\x00", "\ud800", "x" * 100_000, "'; DROP TABLE appointments; --"):
        with pytest.raises(NoSuchAppointment):
            book.find(typed, "404 555 0100", asked_by=f"visitor {len(typed)}")
