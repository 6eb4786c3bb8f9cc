"""``python -m bot evaluate-safety``: triage on its examples, each held back in turn, and on messages never learned."""

from __future__ import annotations

import dataclasses
import json
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import yaml

from bot.nlu.topic_model import TopicModel
from bot.safety import learning
from bot.safety.meaning import IN_USE, LOOK_ALIKE, ORDINARY, Likelihoods, Meaning, Thresholds
from bot.safety.rules import Rules
from bot.safety.triage import Triage
from bot.safety.verdicts import CRISIS
from bot.safety_evaluation.figures import Share
from bot.settings import ROOT

HELD_OUT: Final = ROOT / "tests" / "safety" / "held_out.yml"
QUESTIONS: Final = ROOT / "evaluation" / "dev-questions.jsonl"
_SAFETY: Final = frozenset({"emergency", "crisis"})
_TRIED: Final = (0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7)


@dataclass(frozen=True)
class Looked:
    """A message that was looked at: the group it counts in, whether a rule fired, what the second line says of it."""

    group: str
    by_rule: bool
    likely: Likelihoods
    calm: bool

    def is_alarm(self, thresholds: Thresholds = IN_USE) -> bool:
        """Whether either line raises an alarm."""
        return self.by_rule or self.likely.nearest(calm=self.calm, thresholds=thresholds)[1]


def held_out(triage: Triage) -> list[str]:
    """Return the lines of the table for the messages of an examiner, who saw neither rules nor examples."""
    loaded = yaml.safe_load(HELD_OUT.read_text(encoding="utf-8"))
    alarms = [
        (family, text)
        for part in ("plain", "alarms", "alarms_es")
        for family, texts in loaded[part].items()
        for text in texts
    ]
    looked = [(family, triage.look(text).is_alarm) for family, text in alarms]
    lines = ["Messages by an examiner (tests/safety/held_out.yml), caught:"]
    lines += _by_group(looked)
    for part in ("ordinary", "look_alikes", "look_alikes_es"):
        false = [triage.look(text).is_alarm for text in loaded[part]]
        lines.append(f"  false alarms, {part:16s} {Share(sum(false), len(false))}")
    return lines


def questions(triage: Triage) -> list[str]:
    """Return the lines for the development questions, triage alone, with the time of a message."""
    rows = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines() if line.strip()]
    looked, seconds = [], []
    for row in rows:
        started = time.perf_counter()
        looked.append(triage.look(row["text"]).is_alarm)
        seconds.append(time.perf_counter() - started)
    due = [row["topic"] in _SAFETY for row in rows]
    safe = [not (_SAFETY & {row["topic"], *row.get("also", ())}) for row in rows]
    hard = [bool(row.get("hard_negative")) for row in rows]
    counts = {
        "caught": [alarm for alarm, counts in zip(looked, due, strict=True) if counts],
        "false alarms": [alarm for alarm, ok, is_hard in zip(looked, safe, hard, strict=True) if ok and not is_hard],
        "false alarms, hard": [alarm for alarm, ok, is_hard in zip(looked, safe, hard, strict=True) if ok and is_hard],
    }
    lines = ["Development questions (evaluation/dev-questions.jsonl), triage alone:"]
    lines += [f"  {name:30s} {Share(sum(found), len(found))}" for name, found in counts.items()]
    p50, p95 = statistics.median(seconds), sorted(seconds)[int(len(seconds) * 0.95)]
    lines.append(f"  time of a message              p50 {p50 * 1e3:.1f} ms, p95 {p95 * 1e3:.1f} ms")
    return lines


def cross_validated(triage: Triage, folds: int, say: Callable[[str], None]) -> list[str]:
    """Return the lines for the examples, each looked at by a second line that has not learned it.

    The rules were written with these examples at hand, so their part in it flatters; the examiner's messages do not.
    """
    rules, meaning = triage.rules, triage.meaning
    examples = [*learning.alarm_examples(), *learning.nlu_examples()]
    sentences = [[each.plain for each in rules.sentences(example.text)] or ["?"] for example in examples]
    texts = [" ".join(each) for each in sentences]
    vectors = meaning.encode(texts)
    fold = np.array([index % folds for index in range(len(examples))])
    looked: list[Looked | None] = [None] * len(examples)
    for number in range(folds):
        say(f"fold {number + 1} of {folds} ...")
        learnt = fold != number
        model = TopicModel.trained(
            [text for text, use in zip(texts, learnt, strict=True) if use],
            vectors[learnt],
            [example.label for example, use in zip(examples, learnt, strict=True) if use],
        )
        tried = meaning.with_model(model)
        for index in np.flatnonzero(~learnt):
            looked[index] = _look(rules, tried, examples[index])
    found = [each for each in looked if each]
    alarms = [(each.group, each.is_alarm()) for each in found if each.group not in {LOOK_ALIKE, ORDINARY}]
    lines = [f"Examples, in {folds} folds, caught:", *_by_group(alarms)]
    for group in (ORDINARY, LOOK_ALIKE):
        false = [each.is_alarm() for each in found if each.group == group]
        lines.append(f"  false alarms, {group:16s} {Share(sum(false), len(false))}")
    return [*lines, "", *_thresholds(found)]


def _look(rules: Rules, meaning: Meaning, example: learning.Example) -> Looked:
    sentences = rules.sentences(example.text)
    hits = rules.meet(sentences)
    fired = [hit for hit in hits if not hit.held_back]
    calm = rules.says_old(sentences) or bool(hits and not fired)
    by_rule = any(hit.rule.level != "urgent" for hit in fired)
    return Looked(example.label, by_rule, meaning.likelihoods(sentences), calm)


def _thresholds(found: Sequence[Looked]) -> list[str]:
    """Return the table of both lines at other thresholds of the whole message, those of crises and of all others."""
    groups: dict[str, Callable[[str], bool]] = {
        "crises": lambda group: group == CRISIS,
        "others": lambda group: group not in {CRISIS, LOOK_ALIKE, ORDINARY},
        "look-alikes": lambda group: group == LOOK_ALIKE,
        "ordinary": lambda group: group == ORDINARY,
    }
    lines = ["Both lines at other thresholds of the whole message:", f"  {'':14s}{'  '.join(groups)}"]
    for name, in_use in (("crisis", IN_USE.crisis), ("whole", IN_USE.whole)):
        for threshold in _TRIED:
            tried = dataclasses.replace(IN_USE, **{name: threshold})
            shares = []
            for belongs in groups.values():
                rows = [each.is_alarm(tried) for each in found if belongs(each.group)]
                shares.append(f"{sum(rows) / max(len(rows), 1):.3f}")
            mark = "  <- in use" if threshold == in_use else ""
            lines.append(f"  {name:7s} {threshold:.2f}  {'   '.join(shares)}{mark}")
    return lines


def _by_group(looked: Iterable[tuple[str, bool]]) -> list[str]:
    rows = list(looked)
    groups = dict.fromkeys(group for group, _ in rows)
    lines = []
    for group in groups:
        caught = [alarm for each, alarm in rows if each == group]
        lines.append(f"  {group:30s} {Share(sum(caught), len(caught))}")
    lines.append(f"  {'all':30s} {Share(sum(alarm for _, alarm in rows), len(rows))}")
    return lines


def after_alarms(triage: Triage, file: Path) -> list[str]:
    """Return the lines for what visitors say after an alarm: how often it ended where it should, and elsewhere."""
    pairs: list[tuple[str, str, Any]] = [
        (text, said, triage.afterwards.said(text)) for text, said in learning.after_alarm_examples(file)
    ]
    ended = [said == got for _, said, got in pairs if said != "stays"]
    wrongly = [got != "stays" for _, said, got in pairs if said == "stays"]
    return [
        "Messages after an alarm (tests/safety/after_alarm.yml):",
        f"  ended as it should             {Share(sum(ended), len(ended))}",
        f"  ended though it should stay    {Share(sum(wrongly), len(wrongly))}",
    ]
