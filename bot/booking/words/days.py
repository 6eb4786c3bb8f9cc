"""What a message says on days, and the words that narrow a day to the days before or after it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

MOST: Final = 8  # days of one kind looked at in one message
ONE_DAY: Final = timedelta(days=1)
WEEK: Final = timedelta(days=7)
DAY_NAMES: Final = (
    "mon(?:day)?|tue(?:s(?:day)?)?|weds?|wednesday|thu(?:rs?(?:day)?)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?"
)
MONTH_NAMES: Final = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    "nov(?:ember)?|"
    "dec(?:ember)?"
)
_FROM: Final = re.compile(
    r"(?:\bafter|\bfrom|\bstarting|\bnot before|\bno earlier than|\bpast|\bas of|\bnot until) ?(?:on |the )?$"
)
_UNTIL: Final = re.compile(r"(?:\bbefore|\buntil|\btill|\bby|\bno later than|\bnot later than|\bthrough) ?(?:the )?$")
_STRICTLY: Final = re.compile(r"(?:\bafter|\bpast|(?<!not )\bbefore) ?(?:the )?$")
_NOT_BEFORE_IT: Final = re.compile(
    r"(?:\bnot(?! before| until| after| earlier| later)|\bnever|\bexcept|\banything but|\bany day but|\bother than|"
    r"\bavoid|\bbesides|"
    r"\bcan'?t(?: do| come| make(?: it)?)?|\bcannot(?: do)?|\bdon'?t want)(?: (?:on|a|any|for|in|the|free|"
    r"available))* ?$"
)
_NO_PLURAL: Final = re.compile(r"\bno ?$")
_NOT_AFTER_IT: Final = re.compile(
    r"^(?: (?:morning|afternoon|evening)s?)? ?(?:(?:do|does|is|are|will|would)(?:n'?t| not) (?:work|good|possible|"
    r"suit|fit|ok)|(?:is|are) (?:out|bad|no good|not)"
    r"|won'?t (?:work|do)|no good)"
)


@dataclass
class Days:
    """What a message says on days; ``from_`` and ``to`` are inclusive, weekdays count from Monday as 0."""

    from_: date | None = None
    to: date | None = None
    weekdays: set[int] = field(default_factory=set)
    excluded: set[int] = field(default_factory=set)
    exact: bool = False  # it names one day, or days one by one
    past: str | None = None
    impossible: str | None = None

    @property
    def said(self) -> bool:
        """Whether it says anything on days that can still come."""
        return bool(self.from_ or self.to or self.weekdays or self.excluded)

    def span(self, from_: date | None, to: date | None) -> None:
        """Narrow to these days; of several spans, take in all that was said."""
        if from_ and to and self.from_ and self.to:
            self.from_, self.to = min(self.from_, from_), max(self.to, to)
        else:
            self.from_, self.to = from_ or self.from_, to or self.to

    def name(self, day: date) -> None:
        """Take in a day that is named by itself."""
        self.span(day, day)
        self.exact = True

    def bound(self, day: date, before: str) -> bool:
        """Narrow to the days from or until this one if the words before it say so; tell whether they do."""
        strictly = ONE_DAY if _STRICTLY.search(before) else timedelta(0)
        if _FROM.search(before):
            self.span(day + strictly, None)
        elif _UNTIL.search(before):
            self.span(None, day - strictly)
        else:
            return False
        return True


def excluded(text: str, found: re.Match[str], *, plural: bool) -> bool:
    """Tell whether the words around a match say that it will not do."""
    before, after = text[: found.start()], text[found.end() :]
    return bool(_NOT_BEFORE_IT.search(before) or _NOT_AFTER_IT.match(after) or (plural and _NO_PLURAL.search(before)))


def weekday_of(name: str) -> int:
    """Return the number of a weekday by its name's first letters; Monday is 0."""
    return ["mo", "tu", "we", "th", "fr", "sa", "su"].index(name[:2])


def coming(weekday: int, today: date) -> date:
    """Return the next day with this number in a week, after today."""
    return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)


def monday_of(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())
