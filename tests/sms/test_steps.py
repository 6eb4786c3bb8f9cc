"""What a text is, in every state: a word to the carrier, a pick, a code, or words for the assistant."""

import itertools

import pytest

from bot.sms.codes import code_in, new_code
from bot.sms.consent import HELP_WORDS, START_WORDS, STOP_WORDS
from bot.sms.numbers import TextIn, is_number
from bot.sms.picking import picked
from bot.sms.steps import step_of
from bot.sms.wording import Choice

CHOICES = (
    Choice("Send it", "Send it"),
    Choice("Change something", "Change something"),
    Choice("", "the rest", "more"),
)
ASKED = (Choice("No more texts", "No more texts", "no_more_texts"), Choice("Keep texting", "", "keep_texts"))
STATES = [
    {"opted_out": out, "asked_to_stop": asked, "choices": choices, "is_alarm": alarm, "is_booking": booking}
    for out, asked, choices, alarm, booking in itertools.product(
        (False, True), (False, True), ((), CHOICES, ASKED), (False, True), (False, True)
    )
]


def text(words, **more):
    return TextIn("SM" + "0" * 32, "+15555550142", words, **more)


def step(words, *, handled="", pictures=0, **state):
    return step_of(
        text(words, handled=handled, pictures=pictures), **{"opted_out": False, "asked_to_stop": False, **state}
    )


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("word", STOP_WORDS)
def test_a_stop_word_opts_out_in_every_state_and_nothing_else(word, state):
    done = step(f" {word.lower()}! ", **state)
    assert done.does == ("nothing" if state["opted_out"] else "opt_out")
    assert state["opted_out"] or done.how == word


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("word", [*START_WORDS, "YES"])
def test_a_start_word_opts_in_whoever_has_opted_out_and_nobody_else(word, state):
    assert (step(word, **state).does == "opt_in") == state["opted_out"]


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("word", HELP_WORDS)
def test_a_help_word_gets_the_help_text_unless_opted_out(word, state):
    assert step(word, **state).does == ("nothing" if state["opted_out"] else "help")


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize(("handled", "does"), [("STOP", "opt_out"), ("START", "opt_in"), ("HELP", "nothing")])
def test_what_twilio_has_replied_to_is_only_recorded(handled, does, state):
    done = step("whatever", handled=handled, **state)
    assert done.does == does
    assert done.answered or does == "nothing"


@pytest.mark.parametrize("state", [state for state in STATES if state["opted_out"]])
@pytest.mark.parametrize("words", ["hello", "2", "stop texting me", "K7MQ2X", "", "help me"])
def test_whoever_has_opted_out_is_not_answered(words, state):
    assert step(words, **state).does == "nothing"


def test_a_red_flag_is_not_taken_for_a_refusal():
    assert step("STOP I can't feel my legs", is_alarm=True).does == "say"
    assert step("stop texting me, I want to die", is_alarm=True).does == "say"


def test_a_refusal_in_other_words_is_asked_about_once():
    assert step("stop texting me").does == "ask_to_stop"
    for words in ("1", "one", "yes", "No more texts", "I said stop texting me"):
        done = step(words, asked_to_stop=True, choices=ASKED)
        assert (done.does, done.how) == ("opt_out", "in other words"), words
    for words in ("2", "no", "Keep texting"):
        assert step(words, asked_to_stop=True, choices=ASKED).does == "keep_texts", words
    assert step("How long does RFA last?", asked_to_stop=True, choices=ASKED).does == "say"


@pytest.mark.parametrize(
    "words", ["1", "1.", " 1 ", "one", "One!", "#1", "the first", "the first one", "option 1", "send it"]
)
def test_a_number_picks_what_is_on_offer(words):
    done = step(words, choices=CHOICES)
    assert (done.does, done.words) == ("say", "Send it")


@pytest.mark.parametrize("words", ["2", "2.", "two", "the second", "number two", "2 please", "reply 2"])
def test_the_second_is_picked(words):
    assert step(words, choices=CHOICES).words == "Change something"


@pytest.mark.parametrize("words", ["3", "more", "last", "the third one"])
def test_more_goes_on_with_the_reply(words):
    done = step(words, choices=CHOICES)
    assert (done.does, done.choice) == ("more", CHOICES[2])


@pytest.mark.parametrize(
    "words", ["4", "0", "2 weeks", "12", "two days ago", "I have 2 questions", "first I need a doctor"]
)
def test_other_numbers_are_plain_words(words):
    done = step(words, choices=CHOICES)
    assert (done.does, done.words) == ("say", words)


@pytest.mark.parametrize("words", ["1", "2.", "two", "the second", "more"])
def test_numbers_are_plain_words_while_nothing_is_on_offer(words):
    assert step(words).words == words
    assert picked((), words) is None


def test_a_bare_yes_confirms_no_booking_and_is_a_plain_word_elsewhere():
    assert step("YES", choices=CHOICES, is_booking=True).does == "pick_a_number"
    assert step("yes.", choices=CHOICES, is_booking=True).does == "pick_a_number"
    assert step("yes", choices=CHOICES).does == "say"
    assert step("yes", is_booking=True).does == "say"
    assert step("c", choices=CHOICES, is_booking=True).does == "say"


@pytest.mark.parametrize(
    ("words", "pictures", "does"),
    [
        ("", 0, "no_words"),
        (" \n ", 0, "no_words"),
        ("", 1, "only_pictures"),
        ("what is this", 1, "say"),
        ("😀😀", 0, "say"),
        ("x" * 1600, 0, "say"),
        ("مرحبا كيف حالك", 0, "other_script"),
        ("שלום, יש לי כאבי גב", 0, "other_script"),
        ("你好", 0, "other_script"),
        ("¿Cuánto dura?", 0, "say"),
        ("RFA 再", 0, "say"),
    ],
)
def test_odd_texts_get_a_sensible_step(words, pictures, does):
    assert step(words, pictures=pictures).does == does


def test_codes_are_read_as_they_are_made():
    for _ in range(500):
        code = new_code()
        for written in (
            code,
            code.lower(),
            f"{code[:3]} {code[3:]}",
            f"{code[:3]}-{code[3:]}",
            f"my code is {code}.",
            f"Code: {code}",
        ):
            assert code_in(written) == code
        assert step(code).code == code


@pytest.mark.parametrize(
    "words", ["hello", "123456", "K7MQ2X please call me back about it", "ABCD-EFGH", "bcdfgh", "L4-L5", "RFA", ""]
)
def test_other_words_are_no_codes(words):
    assert code_in(words) == ""


@pytest.mark.parametrize(
    ("sender", "is_one"),
    [
        ("+15555550142", True),
        ("+442071838750", True),
        ("12345", False),
        ("whatsapp:+15555550142", False),
        ("CLINIC", False),
        ("+0155", False),
        ("", False),
    ],
)
def test_only_telephones_can_be_answered(sender, is_one):
    assert is_number(sender) is is_one
