"""Whether a parsed message was understood as its question means it, for the output of either pipeline.

Rasa's selector is one for all retrieval intents, so it may select a response of another intent than the classifier's.
Rasa then gives the selected one, and so it is scored; how much would be right if only parts of the classifier's own
intent counted is told beside it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.nlu.labels import ANSWERS, FALLBACK, intent_of, topic_of

Parsed = Mapping[str, Any]


@dataclass(frozen=True)
class Question:
    """A message, and the topics that are right for it."""

    text: str
    topic: str
    also: frozenset[str] = frozenset()

    def accepts(self, heard: str | None) -> bool:
        """Whether the message was understood."""
        return heard == self.topic or heard in self.also


@dataclass(frozen=True)
class Score:
    """How many questions were understood, of how many; ``answers``: those alone whose topic the document answers."""

    right: int
    of: int
    answers_right: int
    answers_of: int
    right_within_intent: int
    not_understood: int


def read_questions(file: Path) -> list[Question]:
    """Return the single messages of an evaluation file."""
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [Question(row["text"], row["topic"], frozenset(row.get("also", ()))) for row in rows if "text" in row]


def topic_heard(parsed: Parsed) -> str | None:
    """Return the topic that Rasa would reply to; none where the message was not understood."""
    intent = parsed["intent"]["name"]
    if intent in {None, FALLBACK}:
        return None
    return topic_of(parsed.get("label") or next(_selected(parsed), intent))


def topic_within_intent(parsed: Parsed) -> str | None:
    """Return the topic if the selector were held to the classifier's intent; none where nothing was understood."""
    intent = parsed["intent"]["name"]
    if intent in {None, FALLBACK}:
        return None
    if intent != ANSWERS:
        return str(intent)
    return topic_of(parsed.get("label") or next((key for key in _selected(parsed) if intent_of(key) == intent), intent))


def score(questions: Sequence[Question], parses: Sequence[Parsed], answers: frozenset[str]) -> Score:
    """Score what was made of the questions; ``answers``: the topics that the document answers."""
    heard = [(question, topic_heard(parsed)) for question, parsed in zip(questions, parses, strict=True)]
    within = zip(questions, map(topic_within_intent, parses), strict=True)
    about_answers = [(question, topic) for question, topic in heard if question.topic in answers]
    return Score(
        right=_right(heard),
        of=len(heard),
        answers_right=_right(about_answers),
        answers_of=len(about_answers),
        right_within_intent=_right(list(within)),
        not_understood=sum(topic is None for _, topic in heard),
    )


def _right(heard: Sequence[tuple[Question, str | None]]) -> int:
    return sum(question.accepts(topic) for question, topic in heard)


def _selected(parsed: Parsed) -> Iterator[str]:
    """Yield the labels that a response selector gives, best first; none if the intent has no parts."""
    selectors = parsed.get("response_selector") or {}
    intent = parsed["intent"]["name"]
    if intent not in selectors.get("all_retrieval_intents", ()):
        return
    selected = selectors.get(intent) or selectors["default"]
    yield selected["response"]["intent_response_key"]
    for other in selected["ranking"]:
        yield other["intent_response_key"]
