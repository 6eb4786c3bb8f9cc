"""Triage: reads every inbound message for red flags, by rules and by meaning. Either line is enough."""

from __future__ import annotations

import functools
from pathlib import Path

from bot.nlu.language import language_of
from bot.nlu.quick_encoder import QuickEncoder
from bot.nlu.topic_model import TopicModel
from bot.safety import learning
from bot.safety.afterwards import Afterwards
from bot.safety.meaning import Meaning
from bot.safety.rules import Rules, load_rules
from bot.safety.verdicts import CRISIS, Fired, Verdict


class Triage:
    """Both lines. Looking at a message takes some milliseconds and touches nothing outside; any thread may do it."""

    def __init__(self, rules: Rules, meaning: Meaning, afterwards: Afterwards) -> None:
        self.rules = rules
        self.meaning = meaning
        self.afterwards = afterwards

    @classmethod
    def load(cls, folder: Path, encoder_folder: Path | None = None) -> Triage:
        """Return triage with what ``learning.learn`` has left in ``folder``."""
        encoder = QuickEncoder(folder / learning.NETWORK, encoder_folder)
        rules = load_rules()
        return cls(
            rules,
            Meaning(encoder, TopicModel.load(folder / learning.ALARMS)),
            Afterwards(rules, encoder, TopicModel.load(folder / learning.AFTERWARDS)),
        )

    def look(self, text: str) -> Verdict:
        """Return the verdict on a message as the visitor wrote it."""
        sentences = self.rules.sentences(text)
        if not sentences:
            return Verdict()
        places = self.rules.read(sentences)
        hits = self.rules.meet(places)
        fired = [
            Fired("rule", hit.rule.id, hit.rule.family, hit.rule.level, hit.words) for hit in hits if not hit.held_back
        ]
        calm = self.rules.says_old(places) or bool(hits and not fired)
        likely = self.meaning.likelihoods(sentences, calm=calm)
        nearest, is_alarm = likely.nearest(calm=calm)
        if is_alarm:
            family = likely.families[nearest]
            level = "crisis" if family == CRISIS else "emergency"
            fired.append(
                Fired("meaning", family, family, level, likely.texts[nearest], round(likely.alarms[nearest], 3))  # type: ignore[arg-type]
            )
        return Verdict(
            fired=tuple(fired),
            held_back=tuple((hit.rule.id, hit.held_back) for hit in hits if hit.held_back),
            nearness=round(likely.alarms[nearest], 3),
            language=language_of(text),
            changing=self.rules.says_changing(places),
        )


@functools.cache
def shared_triage(folder: Path, encoder_folder: Path | None = None) -> Triage:
    """Return the process's one triage for ``folder``; loading takes two seconds."""
    return Triage.load(folder, encoder_folder)
