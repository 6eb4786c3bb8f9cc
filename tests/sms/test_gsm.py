"""GSM-7: the table, the parts of a text, and every text that the assistant can say."""

import unicodedata

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.safety.replies import safety_texts
from bot.settings import ROOT
from bot.sms.gsm import BASIC, EXTENDED, REPLACEMENTS, is_gsm7, septets, size_of, to_gsm7
from bot.sms.wording import LONGEST, Choice, Said, page_of

DOMAIN = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))["responses"]


def by_text(name):
    """A response as Rasa picks it for text messages."""
    variants = DOMAIN[name]
    return next((each for each in variants if each.get("channel") == "sms"), variants[-1])["text"]


def test_the_alphabet_has_its_128_places():
    assert len(BASIC) == 127  # all but the escape to the extension
    assert len(EXTENDED) == 10
    assert not BASIC & EXTENDED


@pytest.mark.parametrize("sign", sorted(REPLACEMENTS))
def test_every_sign_of_the_table_is_written_in_gsm7(sign):
    assert is_gsm7(to_gsm7(sign))
    assert sign not in BASIC


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("“It’s 6–18 months”", '"It\'s 6-18 months"'),
        ("• one\u00a0two…", "- one two..."),
        ("más información, corazón, ¿qué?", "mas informacion, corazon, ¿qué?"),
        ("Łódź, naïve, çedilla, Ångström", "Lodz, naive, cedilla, Ångström"),
        ("e\u0301", "é"),
        ("ok 👍🏽 then", "ok  then"),
        ("price €5 [a] {b} ~ ^ | \\", "price €5 [a] {b} ~ ^ | \\"),
        ("שלום", "????"),
        ("a\r\nb", "a\nb"),
    ],
)
def test_what_a_text_becomes(written, sent):
    assert to_gsm7(written) == sent


@given(st.text())
def test_any_text_becomes_gsm7_and_stays_as_it_is_then(text):
    sent = to_gsm7(text)
    assert is_gsm7(sent)
    assert to_gsm7(sent) == sent


@pytest.mark.parametrize(
    ("text", "encoding", "parts"),
    [
        ("", "GSM-7", 1),
        ("a" * 160, "GSM-7", 1),
        ("a" * 161, "GSM-7", 2),
        ("a" * 306, "GSM-7", 2),
        ("a" * 307, "GSM-7", 3),
        ("€" * 80, "GSM-7", 1),
        ("a" + "€" * 80, "GSM-7", 2),
        ("€" * 153, "GSM-7", 3),  # 76 fit in a part, since none is cut in two
        ("’" * 70, "UCS-2", 1),
        ("’" * 71, "UCS-2", 2),
        ("👍" * 35, "UCS-2", 1),
        ("👍" * 67, "UCS-2", 3),
    ],
)
def test_the_parts_that_a_text_takes(text, encoding, parts):
    size = size_of(text)
    assert (size.encoding, size.parts) == (encoding, parts)


@given(st.text(alphabet="ab€[", max_size=700))
def test_parts_are_enough_and_not_too_many(text):
    size = size_of(text)
    assert size.units == septets(text)
    assert -(-size.units // 153) <= max(size.parts, 1) + 1
    assert size.units <= (160 if size.parts == 1 else 153 * size.parts)


@pytest.mark.parametrize("name", sorted(DOMAIN))
def test_every_response_of_the_domain_is_sent_in_gsm7_and_keeps_its_words(name):
    text = by_text(name)
    page = page_of([Said(text, (Choice("Something else", "Something else"),), sourced=name.startswith("utter_faq"))])
    assert size_of(page.text).encoding == "GSM-7"
    assert septets(page.text) <= LONGEST
    more = page.choices[-1]
    shown = f"{page.text} {more.say}" if more.does == "more" else page.text
    assert letters(text) in letters(shown) or more.does == "more"
    assert shown.count("?") == text.count("?")  # no letter was lost


def letters(text):
    return "".join(sign for sign in unicodedata.normalize("NFKD", text) if sign.isascii() and sign.isalnum())


@pytest.mark.parametrize("name", sorted(safety_texts()))
@pytest.mark.parametrize("language", ["en", "es"])
def test_every_safety_text_is_sent_whole(name, language):
    said = safety_texts()[name].said(language=language, channel="sms")
    page = page_of([Said(said, safety=True)])
    assert page.text == to_gsm7(said)
    assert septets(page.text) <= LONGEST
    assert page.choices == ()
