"""Triage on its examples, each looked at by a second line that has not learned it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import numpy as np

from bot.nlu.encoder import Array
from bot.nlu.topic_model import TopicModel
from bot.safety import learning
from bot.safety.meaning import IN_USE, LOOK_ALIKE, ORDINARY, Encoder, Likelihoods, Meaning, Thresholds
from bot.safety.rules import Rules
from bot.safety.sentences import Sentence
from bot.safety.triage import Triage
from bot.safety.verdicts import CRISIS
from bot.safety_evaluation.figures import Share, by_group

_TRIED: Final = (0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7)
_AT_ONCE: Final = 2  # threads: ONNX Runtime and the regression let others run meanwhile


@dataclass(frozen=True)
class Read:
    """An example as the first line reads it: its label, its sentences, whether a rule fired, whether it sounds calm."""

    label: str
    sentences: tuple[Sentence, ...]
    by_rule: bool
    calm: bool

    @property
    def text(self) -> str:
        """The message in plain words."""
        return " ".join(sentence.plain for sentence in self.sentences) or "?"


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


class Remembered:
    """An encoder that has encoded some texts already, each by itself, as triage does."""

    def __init__(self, encoder: Encoder, texts: Sequence[str]) -> None:
        self._encoder = encoder
        once = list(dict.fromkeys(texts))
        with ThreadPoolExecutor(_AT_ONCE) as threads:
            self._vectors = dict(zip(once, threads.map(self._vector, once), strict=True))

    def encode(self, texts: Sequence[str]) -> Array:
        """Return one unit vector a text: float32, shape ``(len(texts), 384)``."""
        known = (self._vectors.get(text) for text in texts)
        return np.stack([self._vector(text) if row is None else row for text, row in zip(texts, known, strict=True)])

    def _vector(self, text: str) -> Array:
        vector: Array = self._encoder.encode([text])[0]
        return vector


def cross_validated(triage: Triage, folds: int, say: Callable[[str], None]) -> list[str]:
    """Return the lines for the examples, each looked at by a second line that has not learned it.

    The rules were written with these examples at hand, so their part in it flatters; the examiner's messages do not.
    """
    examples = [*learning.alarm_examples(), *learning.nlu_examples()]
    say(f"reading {len(examples)} examples ...")
    read = [_read(triage.rules, example) for example in examples]
    say("encoding them ...")
    parts = [sentence.plain for each in read for sentence in each.sentences]
    encoder = Remembered(triage.meaning.encoder, [each.text for each in read] + parts)
    vectors = encoder.encode([each.text for each in read])

    def look(number: int) -> list[Looked]:
        learnt = [index % folds != number for index in range(len(read))]
        known = [each for each, use in zip(read, learnt, strict=True) if use]
        model = TopicModel.trained([each.text for each in known], vectors[learnt], [each.label for each in known])
        say(f"fold {number + 1} of {folds} is learned ...")
        meaning = Meaning(encoder, model)
        return [_look(meaning, each) for each, use in zip(read, learnt, strict=True) if not use]

    with ThreadPoolExecutor(_AT_ONCE) as threads:
        found = [each for looked in threads.map(look, range(folds)) for each in looked]
    alarms = [(each.group, each.is_alarm()) for each in found if each.group not in {LOOK_ALIKE, ORDINARY}]
    lines = [f"Examples, in {folds} folds, caught:", *by_group(alarms)]
    for group in (ORDINARY, LOOK_ALIKE):
        false = [each.is_alarm() for each in found if each.group == group]
        lines.append(f"  false alarms, {group:16s} {Share(sum(false), len(false))}")
    return [*lines, "", *_thresholds(found)]


def _read(rules: Rules, example: learning.Example) -> Read:
    sentences = tuple(rules.sentences(example.text))
    places = rules.read(sentences)
    hits = rules.meet(places)
    fired = [hit for hit in hits if not hit.held_back]
    by_rule = any(hit.rule.level != "urgent" for hit in fired)
    return Read(example.label, sentences, by_rule, rules.says_old(places) or bool(hits and not fired))


def _look(meaning: Meaning, read: Read) -> Looked:
    return Looked(read.label, read.by_rule, meaning.likelihoods(read.sentences, calm=read.calm), read.calm)


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
