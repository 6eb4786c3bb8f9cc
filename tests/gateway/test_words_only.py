"""What a visitor types is words: Rasa takes what begins with a slash as a command."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rasa.core.channels.channel import UserMessage
from rasa.shared.core.training_data.story_reader.yaml_story_reader import YAMLStoryReader
from rasa.shared.nlu.training_data.message import Message

from bot.gateway.rasa_channel import words_only

SPACES = "".join(chr(code) for code in range(0x110000) if chr(code).isspace())


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("/restart", "restart"),
        ('/faq{"topic": "rfa"}', 'faq{"topic": "rfa"}'),
        ("/faq@0.9", "faq@0.9"),
        ("//restart", "restart"),
        ("/ /restart", "restart"),
        ("/\u3000/\u00a0/restart", "restart"),
        ("  /restart  ", "restart"),
        (" / x", "x"),
        ("\n\u2003/restart", "restart"),
        ("/", "?"),
        ("//", "?"),
        (" / / ", "?"),
    ],
)
def test_the_slash_is_taken_away(typed, words):
    assert words_only(typed) == words


@pytest.mark.parametrize(
    "text", ["RFA?", " RFA? ", "and/or", "1/2 pill", "", "\\restart", "http://x/y", "\u2215restart"]
)
def test_other_text_stays_as_it_is(text):
    assert words_only(text) == text


@given(st.one_of(st.text(), st.text(alphabet="/ {}@" + SPACES), st.text().map("/{}".format)).filter(str.strip))
@example("/ /restart")
@example("\x00/restart")
@example("\u200b/restart")
def test_nothing_that_is_typed_is_a_command_to_rasa(typed):
    words = words_only(typed)
    assert words.strip()
    assert not words.strip().startswith("/")
    message = Message.build(text=UserMessage(words).text)
    assert YAMLStoryReader.unpack_regex_message(message) is message
