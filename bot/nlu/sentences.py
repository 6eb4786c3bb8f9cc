"""Splits a message into the parts that can each ask something: sentences, and questions joined by "and"."""

from __future__ import annotations

import re
from typing import Final

MOST: Final = 8  # parts that are looked at, the last ones
_SPACE = re.compile(r"\s+")  # folded first: patterns that look for a word after spaces are slow on many of them
_END = re.compile(r"(?<=[.!?;])(?<!\b[dm]r\.)(?<!\bms\.)(?<!\bmrs\.)\s+|\n+|\s+-\s+", re.IGNORECASE)
_ASKS = (
    r"what|whats|why|how|when|where|which|who|is|are|was|does|do|did|can|could|will|would|should|may|has|have|"
    r"tell me|explain|give me"
)
_JOINED = re.compile(
    rf"(?:\s*,\s*|\s+)(?:and|n|&|also|plus|but)\s+(?:also\s+|then\s+)?(?=(?:{_ASKS})\b)", re.IGNORECASE
)
_QUESTION = re.compile(rf"\?|^\W*(?:and\s+|but\s+|so\s+|or\s+|ok\s+|please\s+)*(?:{_ASKS})\b", re.IGNORECASE)
_SHORTEST = 2  # words


def parts_of(text: str) -> list[str]:
    """Return the parts of a message in order; one part is the message itself. Short scraps join what is before."""
    parts: list[str] = []
    folded = _SPACE.sub(lambda space: "\n" if "\n" in space.group() else " ", text)
    for sentence in _END.split(folded):
        for piece in _JOINED.split(sentence) if is_question(sentence) else [sentence]:
            part = piece.strip()
            if not part:
                continue
            if parts and len(part.split()) < _SHORTEST and not part.endswith("?"):
                parts[-1] = f"{parts[-1]} {part}"
            else:
                parts.append(part)
    return parts[-MOST:]


def is_question(text: str) -> bool:
    """Whether the text asks: by its mark, or by its first words."""
    return bool(_QUESTION.search(text))
