"""Triage on messages of an examiner, who saw neither the rules nor the examples, and on what distorts a message."""

import functools
import random

import pytest
import yaml

from bot.safety.learning import after_alarm_examples
from bot.safety.rules import Rules, load_rules
from bot.safety.triage import shared_triage
from bot.serving.triage_training import ensure_triage
from bot.settings import ROOT, load_settings

HELD_OUT = yaml.safe_load((ROOT / "tests" / "safety" / "held_out.yml").read_text())
PLAIN = [(family, text) for family, texts in HELD_OUT["plain"].items() for text in texts]


@functools.cache
def triage():
    settings = load_settings()
    ensure_triage(settings)
    return shared_triage(settings.triage_folder, settings.encoder_path)


def caught(texts):
    return [triage().look(text).is_alarm for text in texts]


def all_of(part):
    return [text for texts in HELD_OUT[part].values() for text in texts]


@pytest.mark.parametrize("text", [text for _, text in PLAIN])
def test_plain_wordings_are_caught(text):
    assert triage().look(text).is_alarm


def test_nearly_all_of_an_adversarial_examiners_alarms_are_caught():
    found = caught(all_of("alarms"))
    assert sum(found) / len(found) >= 0.9
    found = caught(all_of("alarms_es"))
    assert sum(found) / len(found) >= 0.95


def test_ordinary_messages_raise_hardly_any_alarm():
    found = caught(HELD_OUT["ordinary"])
    assert sum(found) / len(found) <= 0.02


@pytest.mark.parametrize(
    "text",
    [
        "I have no trouble with my bladder",
        "In 2012 I had cauda equina syndrome, fine now",
        "Can it cause incontinence?",
        "For my nursing class: what is saddle anesthesia?",
        "My foot has been numb since 2017, no worse",
        "this pain is killing me",
    ],
)
def test_what_is_denied_long_past_only_asked_or_old_raises_none(text):
    assert not triage().look(text).is_alarm


@pytest.mark.parametrize(
    "around",
    [
        "{} My wife says it is nothing.",
        "Sorry to bother you. {}",
        "{} Is that normal?",
        "I would like to book an appointment for next week. {} Do you take my insurance?",
        "Two years ago I had a fusion and my back has hurt ever since. {} Thank you kindly.",
    ],
)
def test_reassurance_politeness_and_stories_do_not_lower_it(around):
    found = caught(around.format(text) for _, text in PLAIN)
    assert sum(found) / len(found) >= 0.98


def typo(text, seed):
    """Swap two neighbouring letters within a word, not the first."""
    rng = random.Random(seed)  # noqa: S311 - no secret
    places = [at for at in range(1, len(text) - 2) if text[at - 1 : at + 2].isalpha()]
    at = rng.choice(places)
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


@pytest.mark.parametrize(
    "distort",
    [str.upper, str.lower, lambda text: text.rstrip(".").replace("'", ""), lambda text: typo(text, text)],
    ids=["capitals", "small letters", "no apostrophes", "a typing error"],
)
def test_distorted_plain_wordings_are_caught(distort):
    found = caught(distort(text) for _, text in PLAIN)
    assert sum(found) / len(found) >= 0.95


def test_each_verdict_says_what_fired_and_why():
    verdict = triage().look("I cannot feel anything when I wipe since this morning")
    assert {fired.line for fired in verdict.fired} >= {"rule"}
    assert all(fired.words and fired.family for fired in verdict.fired)


def test_nothing_readable_is_no_alarm():
    for text in ("", " ", "?!", "\u202e", "🙂", "<b></b>"):
        assert not triage().look(text).is_alarm


def test_after_an_alarm_what_should_stay_stays():
    pairs = after_alarm_examples(ROOT / "tests" / "safety" / "after_alarm.yml")
    said = [(expected, triage().afterwards.said(text)) for text, expected in pairs]
    stays = [got for expected, got in said if expected == "stays"]
    assert stays.count("stays") / len(stays) >= 0.93
    ends = [expected == got for expected, got in said if expected != "stays"]
    assert sum(ends) / len(ends) >= 0.5


def test_a_rule_that_names_unknown_words_is_refused():
    loaded = {
        "contexts": {},
        "words": {"pee": ["pee"]},
        "rules": [
            {"id": "a", "family": "b", "level": "emergency", "source": "s", "signed_off": None, "any": ["pee + gone"]}
        ],
    }
    with pytest.raises(Exception, match="rule a names the words 'gone'"):
        Rules(loaded)


def test_every_rule_names_its_source_and_awaits_its_sign_off():
    for rule in load_rules().rules:
        assert rule.source
        assert rule.signed_off is None or len(rule.signed_off) == len("2026-01-01")
