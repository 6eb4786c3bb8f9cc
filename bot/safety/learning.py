"""Learns the second line of triage from the written examples: the folder ``examples`` and, beside it, data/nlu.yml."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml

from bot.nlu.encoder import SentenceEncoder
from bot.nlu.labels import intent_of, part_of
from bot.nlu.quick_encoder import QuickEncoder, write_network
from bot.nlu.topic_model import TopicModel
from bot.safety.meaning import LOOK_ALIKE, ORDINARY
from bot.safety.rules import Rules, load_rules
from bot.safety.verdicts import CRISIS
from bot.settings import ROOT

EXAMPLES: Final = Path(__file__).with_name("examples")
NLU: Final = ROOT / "data" / "nlu.yml"
NETWORK: Final = "encoder.onnx"
ALARMS: Final = "alarms.skops"
AFTERWARDS: Final = "afterwards.skops"
_AFTER_ALARM: Final = "after_alarm"
_SPANISH: Final = "_es"


@dataclass(frozen=True)
class Example:
    """A message with its label: a family, ``look_alike`` or ``ordinary``."""

    text: str
    label: str


def alarm_examples() -> list[Example]:
    """Return the alarms and look-alikes of ``examples``."""
    found = []
    for file in sorted(EXAMPLES.glob("*.yml")):
        if file.stem == _AFTER_ALARM:
            continue
        loaded = yaml.safe_load(file.read_text(encoding="utf-8"))
        for key, label in (("alarms", loaded["family"]), ("look_alikes", LOOK_ALIKE)):
            found += [Example(text, label) for text in (*loaded[key], *loaded[key + _SPANISH])]
    return found


def nlu_examples() -> list[Example]:
    """Return the assistant's own examples: its alarms by their label, all others as ordinary messages."""
    return [
        Example(text, part_of(label) or label if intent_of(label) in {"emergency", CRISIS} else ORDINARY)
        for label, text in _nlu_lines()
    ]


def after_alarm_examples(file: Path = EXAMPLES / f"{_AFTER_ALARM}.yml") -> list[tuple[str, str]]:
    """Return what visitors say after an alarm, each with what it says about the alarm."""
    loaded = yaml.safe_load(file.read_text(encoding="utf-8"))
    return [(text, said.removesuffix(_SPANISH)) for said, texts in loaded.items() for text in texts]


def plain_texts(rules: Rules, texts: Sequence[str]) -> list[str]:
    """Return the texts in plain words, as both lines read them."""
    return [" ".join(sentence.plain for sentence in rules.sentences(text)) or "?" for text in texts]


def learn(encoder: SentenceEncoder, folder: Path, say: Callable[[str], None]) -> None:
    """Write the network and both classifiers into ``folder``; takes one to two minutes on two cores."""
    write_network(encoder, folder / NETWORK)
    quick = QuickEncoder(folder / NETWORK)
    rules = load_rules()
    examples = [*alarm_examples(), *nlu_examples()]
    say(f"reading {len(examples)} examples ...")
    texts = plain_texts(rules, [example.text for example in examples])
    alarms = TopicModel.trained(texts, quick.encode(texts), [example.label for example in examples])
    alarms.save(folder / ALARMS)
    texts_after, said = zip(*after_alarm_examples(), strict=True)
    plain = plain_texts(rules, texts_after)
    TopicModel.trained(plain, quick.encode(plain), said).save(folder / AFTERWARDS)


def _nlu_lines() -> Iterator[tuple[str, str]]:
    for entry in yaml.safe_load(NLU.read_text(encoding="utf-8"))["nlu"]:
        if "intent" in entry:
            for line in entry["examples"].splitlines():
                yield entry["intent"], line.strip().removeprefix("- ")
