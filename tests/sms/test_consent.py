"""Words to the carrier in any dress, refusals in other words, and what is neither."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sms.consent import HELP_WORDS, START_WORDS, STOP_WORDS, YES, carrier_word, confirms, refuses

WORDS = {
    **dict.fromkeys(STOP_WORDS, "stop"),
    **dict.fromkeys(START_WORDS, "start"),
    **dict.fromkeys(HELP_WORDS, "help"),
    YES: "yes",
}
REFUSALS = [
    "stop texting me",
    "Stop texting me!!",
    "please stop these messages",
    "don't text me again",
    "Don’t ever text me",
    "do not contact me",
    "no more texts",
    "no more texts please",
    "leave me alone, no more texts",
    "leave me alone",
    "remove me from your list",
    "take me off this list",
    "i dont want these texts",
    "I don't want to receive texts anymore",
    "I do not want any more messages from you",
    "Stop sending me messages!",
    "quit texting this number",
    "please stop messaging me",
    "stop bothering me",
    "stop contacting me",
    "Please don't send me any more messages",
    "how do i stop getting these texts",
    "I want to stop getting your texts",
    "you have the wrong number",
    "lose my number",
    "delete my number",
    "I want to opt out",
    "opt me out",
    "unsubscribe me",
    "stop it with the texts",
    "I revoke my consent",
    "never text me again",
    "no me escriban más",
    "dejen de mandarme mensajes",
    "no quiero recibir mensajes",
]
NO_REFUSALS = [
    "cancel my appointment",
    "cancel the booking please",
    "stop the nerve pain",
    "should I stop my pregabalin",
    "should i stop taking it before surgery?",
    "help, I can't feel my legs",
    "STOP I can't feel my legs",
    "how do I stop the pain",
    "can I stop texting and talk to a person",
    "that's the wrong number",
    "the number is wrong",
    "my doctor told me to stop",
    "no more pain",
    "no more surgery please",
    "no more messages from my nerves",
    "end the numbness",
    "the pain won't leave me alone",
    "leave me alone with this pain is what my doctor did",
    "can you text me the address",
    "text me when it is ready",
    "I don't want surgery",
    "I don't want to be in pain",
    "I don't want more injections",
    "stop the medication",
    "it hurts when I'm texting",
    "don't message my wife about it",
    "will they contact me",
    "do not want to cancel",
    "the texts from my doctor stopped",
    "what does it mean to revoke",
    "I quit smoking",
    "is this the end",
    "yes",
    "stop",
    "",
]


@pytest.mark.parametrize("word", sorted(WORDS))
@pytest.mark.parametrize(
    "dress",
    ["{}", " {} ", "{}.", "{}!!!", '"{}"', "\n{}\n", "{} 🛑", "¡{}!", "*{}*", "({})", "{}\u200b"],
)
def test_a_word_to_the_carrier_is_known_in_any_dress(word, dress):
    for form in (word, word.lower(), word.title(), " ".join(word), "-".join(word), wide(word)):
        assert carrier_word(dress.format(form)) == WORDS[word]


def wide(word):
    """Full-width letters, as some keyboards write them."""
    return "".join(chr(ord(sign) + 0xFEE0) for sign in word)


@pytest.mark.parametrize("text", ["opt out", "Opt-Out", "stop all", "un stop"])
def test_words_of_two_parts_are_known(text):
    assert carrier_word(text) in {"stop", "start"}


@pytest.mark.parametrize(
    "text", [*REFUSALS, *NO_REFUSALS[:-3], "STOPP", "yes please", "cancel it", "help me", "info on RFA"]
)
def test_more_than_a_word_is_no_word_to_the_carrier(text):
    assert carrier_word(text) is None


@given(st.text(max_size=400))
def test_any_text_is_read_without_error(text):
    carrier_word(text)
    refuses(text)
    confirms(text)


@pytest.mark.parametrize("text", REFUSALS)
def test_a_refusal_in_other_words_is_noticed(text):
    assert refuses(text)


@pytest.mark.parametrize("text", NO_REFUSALS)
def test_what_is_about_something_else_is_no_refusal(text):
    assert not refuses(text)


def test_few_ordinary_messages_are_taken_for_refusals():
    import json

    from bot.settings import ROOT

    lines = (ROOT / "evaluation" / "dev-questions.jsonl").read_text(encoding="utf-8").splitlines()
    said = [json.loads(line)["text"] for line in lines]
    assert [text for text in said if refuses(text)] == []
    assert len(said) > 400


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("yes", True),
        ("Yes please", True),
        ("stop texting me", True),
        ("no", False),
        ("keep them", False),
        ("RFA?", None),
    ],
)
def test_the_answer_to_no_more_texts(text, meant):
    assert confirms(text) is meant
