"""Runs of digits, as figures or spelt out, with what people put between them."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from typing import Final

_UNITS: Final = {
    word: str(value)
    for value, word in enumerate(("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"))
} | {"oh": "0", "o": "0"}
_TEENS: Final = {
    word: str(value)
    for value, word in enumerate(
        ("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
        start=10,
    )
}
_TENS: Final = {
    word: str(value)
    for value, word in enumerate(
        ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"), start=2
    )
}
_UNIT: Final = "|".join(sorted(_UNITS, key=len, reverse=True))
_TOKEN: Final = re.compile(
    r"(?<![^\W\d_])(?:"
    r"(?P<figures>\d{1,30}|o\d{2,4})"
    rf"|(?P<hundred>{_UNIT})[ -]hundred"
    rf"|(?P<times>double|triple)[ -](?P<same>{_UNIT}|\d)"
    rf"|(?P<tens>{'|'.join(_TENS)})(?:[ -](?P<unit>one|two|three|four|five|six|seven|eight|nine))?"
    rf"|(?P<teen>{'|'.join(_TEENS)})"
    rf"|(?P<one>{_UNIT})"
    r")(?![^\W\d_])",
    re.IGNORECASE,
)
_MOST: Final = 200  # pieces looked at in one text
_BETWEEN: Final = re.compile(r"[ ()./,-]{0,4}$")
_STARTS_ANEW: Final = re.compile(r"[ (,]")
_EXTENSION: Final = re.compile(r" ?,? ?(?:ext\.?|extension|x|#) ?(?P<ext>\d{1,6})(?!\d)", re.IGNORECASE)


@dataclass(frozen=True)
class Token:
    """Digits in one piece, where they stand, and whether a mark (no blank) joins them to those before."""

    digits: str
    start: int
    end: int
    spoken: bool
    joined: bool


@dataclass(frozen=True)
class Run:
    """Tokens that follow each other closely; ``plus`` if a + stands before, ``extension`` if one follows."""

    tokens: tuple[Token, ...]
    plus: bool = False
    extension: str = ""
    end: int = 0

    @property
    def start(self) -> int:
        """Where the run begins, its + included."""
        return self.tokens[0].start - int(self.plus)

    @property
    def digits(self) -> str:
        """All digits."""
        return "".join(token.digits for token in self.tokens)

    @property
    def sizes(self) -> tuple[int, ...]:
        """How many digits stand in each piece; single ones that follow each other count as one piece."""
        found: list[int] = []
        grows = False
        for token in self.tokens:
            single = len(token.digits) == 1
            if single and grows:
                found[-1] += 1
            else:
                found.append(len(token.digits))
            grows = single
        return tuple(found)

    @property
    def spoken(self) -> bool:
        """Whether any of it is spelt out."""
        return any(token.spoken for token in self.tokens)

    @property
    def written(self) -> str:
        """The digits as a telephone number is written for a parser."""
        extension = f" ext {self.extension}" if self.extension else ""
        return f"{'+' if self.plus else ''}{self.digits}{extension}"

    def part(self, start: int, end: int) -> Run:
        """Return some of the tokens as a run."""
        last = end >= len(self.tokens)
        tokens = self.tokens[start:end]
        return Run(
            tokens, self.plus and start == 0, self.extension if last else "", self.end if last else tokens[-1].end
        )


def runs(text: str) -> list[Run]:
    """Return the runs of digits in a tidy text, in its order."""
    found: list[list[Token]] = []
    for match in itertools.islice(_TOKEN.finditer(text), _MOST):
        between = text[found[-1][-1].end : match.start()] if found else ""
        follows = bool(found) and _BETWEEN.match(between) is not None
        token = Token(
            _digits(match),
            match.start(),
            match.end(),
            not match["figures"],
            follows and not _STARTS_ANEW.search(between),
        )
        if follows:
            found[-1].append(token)
        else:
            found.append([token])
    return [_run(text, tuple(tokens)) for tokens in found]


def _run(text: str, tokens: tuple[Token, ...]) -> Run:
    start, end = tokens[0].start, tokens[-1].end
    extension = _EXTENSION.match(text, end)
    return Run(
        tokens,
        plus=text[max(0, start - 1) : start] == "+",
        extension=extension["ext"] if extension else "",
        end=extension.end() if extension else end,
    )


def _digits(match: re.Match[str]) -> str:
    read = {name: value.lower() for name, value in match.groupdict().items() if value}
    if "figures" in read:
        return read["figures"].replace("o", "0")
    if "hundred" in read:
        return _UNITS[read["hundred"]] + "00"
    if "times" in read:
        same = read["same"]
        return _UNITS.get(same, same) * (2 if read["times"] == "double" else 3)
    if "tens" in read:
        return _TENS[read["tens"]] + (_UNITS[read["unit"]] if "unit" in read else "0")
    return _TEENS[read["teen"]] if "teen" in read else _UNITS[read["one"]]
