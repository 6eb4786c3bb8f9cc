"""Red flags are caught however they are typed and whatever stands around them.

``SAFETY_ROBUSTNESS=full`` tries each distortion on each message; without it, each message of the examiner gets three.
"""

from __future__ import annotations

import functools
import os
import random
from collections import defaultdict
from typing import NamedTuple

import pytest
import yaml
from safety.distortions import DISTORTIONS

from bot.safety.triage import shared_triage
from bot.serving.triage_training import ensure_triage
from bot.settings import ROOT, load_settings

FOLDER = ROOT / "tests" / "safety"
FAMILIES = 14
AT_LEAST = 0.98
A_MESSAGE = len(DISTORTIONS) if os.environ.get("SAFETY_ROBUSTNESS") == "full" else 3


class RedFlag(NamedTuple):
    """A message that has to be caught."""

    family: str
    text: str
    is_spanish: bool


def plain_wordings():
    loaded = yaml.safe_load((FOLDER / "plain_wordings.yml").read_text(encoding="utf-8"))
    return [
        RedFlag(family, text, language == "es")
        for language, families in loaded.items()
        for family, texts in families.items()
        for text in texts
    ]


def examiners():
    loaded = yaml.safe_load((FOLDER / "held_out.yml").read_text(encoding="utf-8"))
    return [
        RedFlag(family, text, part.endswith("_es"))
        for part in ("alarms", "alarms_es")
        for family, texts in loaded[part].items()
        for text in texts
    ]


@functools.cache
def triage():
    settings = load_settings()
    ensure_triage(settings)
    return shared_triage(settings.triage_folder, settings.encoder_path)


def is_caught(text):
    return triage().look(text).is_alarm


def distorted(distort, flag):
    return distort(flag.text, flag.is_spanish, random.Random(f"{distort.__name__}: {flag.text}"))  # noqa: S311 - no secret


def missed(distort, flags):
    """Return what is missed of the flags once they are distorted."""
    return [text for text in (distorted(distort, flag) for flag in flags) if not is_caught(text)]


def test_the_plain_wordings_are_of_all_families_in_both_languages():
    counted = defaultdict(int)
    for flag in plain_wordings():
        counted[flag.family, flag.is_spanish] += 1
    assert len({family for family, _ in counted}) == FAMILIES
    assert all(count >= (2 if is_spanish else 5) for (_, is_spanish), count in counted.items())
    assert not {flag.text for flag in plain_wordings()} & {flag.text for flag in examiners()}


def test_plain_wordings_are_caught_as_they_stand():
    assert [flag.text for flag in plain_wordings() if not is_caught(flag.text)] == []


@pytest.mark.parametrize("distort", DISTORTIONS, ids=lambda distort: distort.__name__)
def test_plain_wordings_are_caught_however_they_are_distorted(distort):
    assert missed(distort, plain_wordings()) == []


def test_98_of_100_red_flags_of_an_examiner_stay_caught_when_they_are_distorted():
    flags = [flag for flag in examiners() if is_caught(flag.text)]
    tried, lost = defaultdict(int), defaultdict(list)
    for number, flag in enumerate(flags):
        for turn in range(A_MESSAGE):
            distort = DISTORTIONS[(number + turn * (len(DISTORTIONS) // A_MESSAGE)) % len(DISTORTIONS)]
            tried[distort.__name__] += 1
            lost[distort.__name__] += missed(distort, [flag])
    kept = {name: f"{count - len(lost[name])} of {count}" for name, count in tried.items()}
    report = [f"{len(flags)} of {len(examiners())} are caught as they stand", str(kept)]
    report += [f"{name}: {text}" for name, texts in lost.items() for text in texts]
    print("\n".join(report))  # noqa: T201 - figures, shown with -s or where it fails
    assert sum(map(len, lost.values())) <= (1 - AT_LEAST) * sum(tried.values()), "\n".join(report)


@pytest.mark.parametrize("distort", DISTORTIONS, ids=lambda distort: distort.__name__)
def test_a_distortion_changes_most_messages_and_is_the_same_each_time(distort):
    flags = [flag for flag in examiners() if not flag.is_spanish]
    texts = [distorted(distort, flag) for flag in flags]
    assert texts == [distorted(distort, flag) for flag in flags]
    assert sum(text != flag.text for text, flag in zip(texts, flags, strict=True)) > len(flags) / 2
