"""A message is split into what it asks without losing a word, and its questions count."""

import re
import time

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.nlu.reading_order import QUESTIONS_WEIGHT, whole_from_parts
from bot.nlu.sentences import MOST, is_question, parts_of

JOINERS = {"and", "n", "also", "plus", "but", "then"}
MESSAGES = st.one_of(
    st.text(),
    st.lists(
        st.sampled_from(
            [
                "what", "is", "RFA", "and", "how", "also", "then", "plus", "but", "does", "it", "hurt", "my", "leg",
                "?", ". ", "! ", ", ", "\n", " - ", " ", "  ", "&", "n", "Dr. ", "e.g.", "tell me", "😭", "ok",
            ]
        ),
        max_size=60,
    ).map(" ".join),
)  # fmt: skip


def words_of(text):
    return [word for word in re.findall(r"\w+", text) if word.lower() not in JOINERS]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("How long does RFA last?", ["How long does RFA last?"]),
        ("What is RFA and how long does it last?", ["What is RFA", "how long does it last?"]),
        ("what is rfa, and also can i drive after", ["what is rfa", "can i drive after"]),
        ("My back and leg hurt", ["My back and leg hurt"]),
        ("I had a fusion. Now my leg is numb. Why?", ["I had a fusion.", "Now my leg is numb.", "Why?"]),
        ("is it normal for pain and numbness to stay", ["is it normal for pain and numbness to stay"]),
        ("Thank you. Thanks!", ["Thank you. Thanks!"]),
        ("what is scs\nhow do i book\n\n", ["what is scs", "how do i book"]),
        ("RFA - does it hurt", ["RFA", "does it hurt"]),
        ("Does Dr. Patel do RFA? Is Mrs. Lee in?", ["Does Dr. Patel do RFA?", "Is Mrs. Lee in?"]),
        ("is L4-L5 fusion 1.5 hours", ["is L4-L5 fusion 1.5 hours"]),
        ("", []),
        (" \n ", []),
    ],
)
def test_parts_are_what_each_asks(text, parts):
    assert parts_of(text) == parts


def test_of_many_parts_the_last_ones_are_looked_at():
    assert parts_of(" ".join(f"What is {number}?" for number in range(50))) == [
        f"What is {number}?" for number in range(50 - MOST, 50)
    ]


@settings(max_examples=400)
@given(text=MESSAGES)
@example(text="ok and? how\x1cdoes \x85 it, and what")
@example(text="how is it , and , and is it")
def test_parts_lose_no_words(text):
    parts = parts_of(text)
    assert len(parts) <= MOST
    assert all(part == part.strip() != "" for part in parts)
    kept, written = words_of(" ".join(parts)), words_of(text)
    if len(parts) < MOST:
        assert kept == written
    else:
        assert kept == written[len(written) - len(kept) :]


@settings(max_examples=200)
@given(text=MESSAGES)
def test_what_asks_still_asks_in_its_parts(text):
    parts = parts_of(text)
    if len(parts) < MOST and "?" in text:
        assert any(is_question(part) for part in parts)


@settings(max_examples=200)
@given(sentence=st.sampled_from(["My leg hurts.", "What is RFA?", "does it last", "no pain"]))
def test_a_single_sentence_is_its_own_part(sentence):
    assert parts_of(f"  {sentence} ") == [sentence]


@pytest.mark.parametrize(
    "text",
    [
        "why",
        "How long?",
        "it hurts?",
        "can I drive",
        "and what about RFA",
        "ok so is it safe",
        "Tell me more",
        "- how come",
    ],
)
def test_questions_are_noticed(text):
    assert is_question(text)


@pytest.mark.parametrize("text", ["", "My leg is numb.", "whatever", "island", "thanks", "I know what RFA is", "candy"])
def test_statements_are_not_taken_for_questions(text):
    assert not is_question(text)


@pytest.mark.parametrize("piece", [" ", "\n", " \n", "how and ", ", ", " - ", "! ", "and ", "?", "\t,", "what is it? "])
def test_long_messages_of_any_kind_take_no_time(piece):
    started = time.monotonic()
    for text in (piece * 5_000, f"how{piece * 5_000}it"):
        parts_of(text)
        is_question(text)
    assert time.monotonic() - started < 2


WHOLE = np.array([0.7, 0.2, 0.1])
PARTS = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])


def test_a_message_that_asks_nothing_is_read_as_a_whole():
    assert whole_from_parts(WHOLE, PARTS, ["My leg hurts.", "It is numb.", "Thanks."]) is WHOLE
    assert whole_from_parts(WHOLE, np.zeros((0, 3)), []) is WHOLE


def test_the_last_question_counts_beside_the_whole():
    read = whole_from_parts(WHOLE, PARTS, ["What is RFA?", "How long does it last?", "Thanks."])
    assert np.allclose(read, (1 - QUESTIONS_WEIGHT) * WHOLE + QUESTIONS_WEIGHT * PARTS[1])


@given(
    rows=st.lists(st.lists(st.floats(0.01, 1), min_size=4, max_size=4), min_size=2, max_size=9),
    asking=st.lists(st.booleans(), min_size=8, max_size=8),
)
def test_what_is_read_are_probabilities_again(rows, asking):
    probabilities = np.array(rows) / np.array(rows).sum(axis=1, keepdims=True)
    texts = ["why?" if asks else "My leg hurts." for asks in asking][: len(rows) - 1]
    read = whole_from_parts(probabilities[0], probabilities[1:], texts)
    assert read.shape == (4,)
    assert read.min() >= 0
    assert read.sum() == pytest.approx(1)
