"""One text message a turn: at most 320 characters, the rest behind a number, nothing that cannot be shown."""

import itertools
import re

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.safety.replies import safety_texts
from bot.settings import ROOT
from bot.sms.consent import HELP_WORDS, START_WORDS, STOP_WORDS, carrier_word
from bot.sms.gsm import is_gsm7, septets
from bot.sms.plain import plain
from bot.sms.wording import LONGEST, SOURCE, Choice, Said, page_of

DOMAIN = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))["responses"]
ALARM_CHOICES = tuple(
    Choice(title, title)
    for title in ("I am getting help", "It is an old problem, no worse", "You misunderstood, I am safe")
)


def texts(channel="sms"):
    for name, variants in DOMAIN.items():
        yield name, next((each for each in variants if each.get("channel") == channel), variants[-1])["text"]


def pages(page):
    """All pages of a reply, in order."""
    found = [page]
    while found[-1].choices and found[-1].choices[-1].does == "more":
        more = found[-1].choices[-1]
        found.append(page_of([Said(more.say, more.then)]))
        assert len(found) < 100
    return found


def choices(*titles):
    return tuple(Choice(title, title) for title in titles)


def test_a_short_answer_has_its_source_and_numbered_choices():
    page = page_of([Said("RFA can offer relief.", choices("Yes please", "Something else"), sourced=True)])
    assert page.text == "RFA can offer relief.\nSource: our FBSS page\n1 Yes please\n2 Something else"
    assert [each.say for each in page.choices] == ["Yes please", "Something else"]


def test_several_replies_are_one_text():
    assert page_of([Said("One."), Said("Two.", choices("A")), Said("Three.", choices("B", "A"))]).text == (
        "One. Two. Three.\n1 A\n2 B"
    )


def test_a_long_answer_ends_in_a_numbered_more_and_goes_on_there():
    sentence = "This sentence has exactly so many letters. "
    page = page_of([Said(sentence * 12, choices("Book a consultation"), sourced=True)])
    assert page.text.endswith("letters.\nSource: our FBSS page\n1 Book a consultation\nReply 2 for more")
    first, second, *_ = pages(page)
    assert second.text.startswith("This sentence")
    assert [each.title for each in second.choices if each.title] == ["Book a consultation"]
    assert first.choices[-1].does == "more"


def test_many_choices_are_spread_over_texts():
    titles = [f"A choice with rather many letters, number {number}" for number in range(12)]
    found = pages(page_of([Said("Which of these do you mean? " * 3, choices(*titles))]))
    shown = [choice.title for page in found for choice in page.choices if choice.title]
    assert sorted(set(shown)) == sorted(titles)
    assert all(septets(page.text) <= LONGEST for page in found)


def test_a_word_without_end_is_cut():
    found = pages(page_of([Said("x" * 1000)]))
    assert sum(page.text.count("x") for page in found) == 1000
    assert all(septets(page.text) <= LONGEST for page in found)


@given(
    st.lists(
        st.builds(
            Said,
            text=st.text(alphabet="ab .\n€’?!é", max_size=500),
            choices=st.lists(
                st.text("abc ", min_size=1, max_size=50).map(lambda title: Choice(title.strip() or "a", title)),
                max_size=6,
            ).map(tuple),
            sourced=st.booleans(),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_whatever_is_said_is_gsm7_at_most_320_and_all_of_it_can_be_read(said):
    found = pages(page_of(said))
    for page in found:
        assert is_gsm7(page.text)
        assert septets(page.text) <= LONGEST
    for page in found:
        numbered = re.findall(r"^(\d+) ", page.text, re.MULTILINE)
        assert numbered == [str(number) for number in range(1, len(numbered) + 1)]
    wanted = {choice.say for each in said for choice in each.choices}
    assert wanted == {choice.say for page in found for choice in page.choices if choice.does == "say"}
    sent = "".join(page.text for page in found)
    for sign in "ab":
        assert sent.count(sign) >= sum(each.text.count(sign) for each in said)


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("name", ["emergency", "overdose", "crisis"])
def test_an_alarm_is_whole_first_in_one_text_and_has_no_more(name, language):
    alarm = safety_texts()[name].said(language=language, channel="sms")
    ask = safety_texts()["ask_crisis" if name == "crisis" else "ask_emergency"].said(language=language, channel="sms")
    page = page_of([Said(alarm, safety=True), Said(ask, ALARM_CHOICES, safety=True)], opening="I am automated.")
    assert page.text.startswith(alarm)
    assert septets(page.text) <= LONGEST
    assert "more" not in {choice.does for choice in page.choices}
    assert re.search(r"911|988", page.text[:160])


def test_an_emergency_of_someone_in_a_crisis_names_both_numbers():
    said = [safety_texts()[name].said(channel="sms") for name in ("emergency", "crisis", "ask_emergency")]
    page = page_of([Said(said[0], safety=True), Said(said[1], safety=True), Said(said[2], ALARM_CHOICES, safety=True)])
    assert page.text.startswith(said[0])
    assert "988" in page.text
    assert septets(page.text) <= LONGEST


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("**Bold** and _soft_ and `code`", "Bold and soft and code"),
        ("# Title\n* one\n* two", "Title\n- one\n- two"),
        ("See [our page](https://clinic.example/fbss) now.", "See our page https://clinic.example/fbss now."),
        ("See [this](https://elsewhere.example/a).", "See this."),
        ("Go to https://elsewhere.example/a, or https://clinic.example/b.", "Go to, or https://clinic.example/b."),
        ("www.elsewhere.example is not ours", "is not ours"),
        ('/book{"a": 1} Hello', "Hello"),
        ("/intent_name", ""),
        ("and/or, 24/7, he/she", "and/or, 24/7, he/she"),
        ("2 * 3 * 4 and snake_case_name", "2 * 3 * 4 and snake_case_name"),
        ("two  blanks\n\n\nand lines ", "two blanks\nand lines"),
    ],
)
def test_markup_commands_and_foreign_links_are_taken_out(written, sent):
    assert plain(written, {"clinic.example"}) == sent


def test_choices_survive_being_kept_as_json():
    page = page_of([Said("A sentence. " * 60, choices("One", "Two"))])
    assert tuple(Choice.from_json(each.to_json()) for each in page.choices) == page.choices


def test_no_response_asks_for_a_word_that_carriers_act_on():
    words = "|".join((*STOP_WORDS, *START_WORDS, *HELP_WORDS, "YES"))
    asks = re.compile(
        rf"\b(?:say|reply|text|answer|write|type|send|respond)(?:ing)?(?: with)?\W+(?:{words})\b", re.IGNORECASE
    )
    found = {name: text for name, text in texts() if asks.search(text)}
    assert found == {}


def test_no_button_is_a_word_that_carriers_act_on():
    titles = set(itertools.chain.from_iterable(re.findall(r'"([A-Z][a-z ,]+)"', path.read_text(encoding="utf-8"))
        for path in [*(ROOT / "bot" / "dialogue").glob("*.py"), *(ROOT / "actions").glob("*.py")]))  # fmt: skip
    assert "Something else" in titles
    assert {title for title in titles if carrier_word(title)} == set()


def test_the_source_is_named_in_one_line():
    assert SOURCE == "Source: our FBSS page"
