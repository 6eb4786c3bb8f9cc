"""Whatever is written, no reader raises, and each is quick."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from offered_times import ALL_FREE, NOW, OFFERED, ZONE

from bot.booking.words.answers import asks_why, declines, is_no, is_yes, reads_change, wants_to_stop
from bot.booking.words.contacts import contact_problem, read_contacts
from bot.booking.words.details import read_details
from bot.booking.words.names import read_name
from bot.booking.words.reference_words import reads_reference
from bot.booking.words.tidy import tidy
from bot.booking.words.times import read_time

SECONDS = 0.05
WORDS = (
    "tuesday", "next", "dec", "1", "9", "30", "am", "pm", "the", "3rd", "at", ":", "/", "-", ".", ",", "after",
    "before", "between", "and", "week", "of", "in", "2", "weeks", "not", "name", "is", "my", "tina", "312", "555",
    "0128", "@", "example", "dot", "com", "for", "mother", "because", "pain", "feb", "31", "00", "since", "\n", "one",
    "second", "last", "any", "earliest", "month", "from", "to", "today", "+", "ext", "x", "'", "O", "20", "2026",
    "99", "12", "13", "24", "evening", "no", "yes",
)  # fmt: skip
READERS = {
    "time": lambda text: read_time(text, OFFERED, NOW, ZONE, asked=True, all_free=ALL_FREE),
    "time unasked": lambda text: read_time(text, OFFERED, NOW, ZONE, asked=False, all_free=ALL_FREE),
    "time without offer": lambda text: read_time(text, (), NOW, ZONE, asked=True),
    "name": lambda text: read_name(text, asked=True),
    "name unasked": lambda text: read_name(text, asked=False),
    "contacts": read_contacts,
    "contacts in Britain": lambda text: read_contacts(text, region="GB"),
    "contact problem": contact_problem,
    "yes": is_yes,
    "no": is_no,
    "change": reads_change,
    "stop": wants_to_stop,
    "declines": declines,
    "why": asks_why,
    "reference": reads_reference,
} | {
    f"details, asked {asked}": lambda text, asked=asked: read_details(
        text, asked, OFFERED, NOW, ZONE, all_free=ALL_FREE
    )
    for asked in ("name", "contact", "time", "reason", "confirm", None)
}
LONG = (
    "1 ", "one ", "a@b.co ", "@", "a at b dot c ", "a dot ", "+44 20 ", "312 555 0128 ", "a", "a.", "(", "1", "a-",
    "yes ", "tuesday ", "dec 1 ", "my name is ", "for my ", "because ,", "not ", " ", "\n", "·", "9:30 ",
    "next week ", "and the ", "ﷺ", "\x00", "👍", "the the the back ", "no later than ", "i'd rather not ",
    "for my mother, ", ", ", "- ", "l4-l5 ", "since the ", "in a couple of ", "2 weeks from ", "11111111 ",
    "x1y2-z3w4 ", "Tina ", "call ", "name name ", "mon-", "first ", "dec dec ", "tusdya wendsdya ",
    "a b c d e f g h ", "my my my step", "step", "\ud800", "١٢ ", "²", "i can't do ", "pain 8 ", "sounds good to me ",
    "thank you for ",
)  # fmt: skip


@pytest.mark.parametrize("reads", READERS.values(), ids=READERS)
@settings(max_examples=60, deadline=None)
@given(text=st.text(st.characters(exclude_categories=()), max_size=200))
def test_no_reader_raises_on_any_text(reads, text):
    reads(text)


@pytest.mark.parametrize("reads", READERS.values(), ids=READERS)
@settings(max_examples=120, deadline=None)
@given(
    text=st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join)
    | st.lists(st.sampled_from(WORDS), max_size=12).map("".join)
)
def test_no_reader_raises_on_words_that_it_knows_in_any_order(reads, text):
    reads(text)


@pytest.mark.parametrize("reads", READERS.values(), ids=READERS)
def test_ten_thousand_characters_are_read_quickly(reads):
    reads("dec 1")  # what is loaded once
    assert [text for text in LONG if _seconds(reads, (text * 10_000)[:10_000]) > SECONDS] == []


@given(st.text(st.characters(exclude_categories=()), max_size=300))
def test_tidying_twice_is_tidying_once(text):
    assert tidy(tidy(text)) == tidy(text)


def _seconds(reads, text):
    """Return the processor time of the quickest of three calls, so that other work on the machine does not count."""
    taken = []
    for _ in range(3):
        start = time.process_time()
        reads(text)
        taken.append(time.process_time() - start)
        if taken[-1] <= SECONDS:
            break
    return min(taken)
