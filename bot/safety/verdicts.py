"""What triage makes of a message, and why: for the reply, for staff and for tests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Level = Literal["none", "urgent", "emergency", "crisis"]
Line = Literal["rule", "meaning", "assistant"]

CRISIS: Final = "crisis"  # the family as well as the level
OVERDOSE: Final = frozenset({"overdose", "allergy", "overdose_allergy"})  # families that have a text of their own
NEAR: Final = 0.25  # of 1; where triage found less, the assistant's classifier raises no alarm
_ORDER: Final[dict[Level, int]] = {"none": 0, "urgent": 1, "crisis": 2, "emergency": 3}


@dataclass(frozen=True)
class Fired:
    """What raised a message's level: the line, the rule or label of it, the family, the level, and the words.

    ``confidence`` is of 1; a rule's is 1.
    """

    line: Line
    name: str
    family: str
    level: Level
    words: str
    confidence: float = 1.0


@dataclass(frozen=True)
class Verdict:
    """The level of a message, with all that fired, and the rules that were met and held back, with the reason.

    ``nearness``: how likely the second line finds an alarm, of 1, whether or not that was enough.
    """

    fired: tuple[Fired, ...] = ()
    held_back: tuple[tuple[str, str], ...] = ()
    nearness: float = 0.0
    language: str = "en"
    changing: bool = False  # the message says that something is new or worse

    @property
    def level(self) -> Level:
        """The highest level that fired."""
        return max((each.level for each in self.fired), key=_ORDER.__getitem__, default="none")

    @property
    def family(self) -> str | None:
        """The family of what fired at that level, a rule's before a guess; those with a text of their own first."""
        at_level = [each for each in self.fired if each.level == self.level]
        first = sorted(at_level, key=lambda each: (each.line != "rule", each.family not in OVERDOSE, -each.confidence))
        return first[0].family if first else None

    @property
    def is_alarm(self) -> bool:
        """Whether it has to be answered as an emergency or a crisis."""
        return self.level in {"emergency", "crisis"}

    @property
    def also_crisis(self) -> bool:
        """Whether a rule found a crisis beside an emergency."""
        return self.level == "emergency" and any(each.level == "crisis" and each.line == "rule" for each in self.fired)
