"""Text as the readers want it: one kind of quote, dash and blank, no control characters, bounded length."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

LONGEST: Final = 10_000  # characters; what stands behind them is not read
_SAME: Final = str.maketrans(
    {
        "\u2018": "'",
        "\u2019": "'",
        "\u00b4": "'",
        "`": "'",
        "\u02bc": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u2010": "-",
        "\u2011": "-",
        "\u2012": "-",
        "\u2013": "-",
        "\u2014": " - ",
        "\u2212": "-",
    }
)
_BLANKS: Final = re.compile(r"[^\S\n]+")
_LINES: Final = re.compile(r" ?\n[ \n]*")
# A full stop after an initial, a title or between digits does not end anything.
_ENDS: Final = re.compile(
    r"[,;!?|\n\"()]|:(?!\d)|(?<!\b\w)(?<!\bmr)(?<!\bms)(?<!\bdr)(?<!\bst)(?<!\bmrs)\.(?=\s|$)| [-/] ", re.IGNORECASE
)
BLANK: Final = "\u00b7"  # stands where something was read already


def tidy(text: str, limit: int = LONGEST) -> str:
    """Return the text with the same quotes, dashes and blanks everywhere, at most ``limit`` characters of it."""
    plain = unicodedata.normalize("NFKC", text[:limit].translate(_SAME))[:limit]
    plain = "".join(each if each == "\n" or unicodedata.category(each)[0] != "C" else " " for each in plain)
    return _LINES.sub("\n", _BLANKS.sub(" ", plain)).strip()


def simple(text: str, limit: int = 400) -> str:
    """Return the words of a text in lower case, with a blank in place of every sign but the thumbs and ticks."""
    return _BLANKS.sub(" ", re.sub(r"[^\w'@👍👎👌✅❌]+", " ", tidy(text, limit).lower())).strip()


def clauses(text: str) -> list[str]:
    """Return the parts of a tidy text between commas, ends of sentences, brackets and lines, blanks taken off."""
    return [part for part in (each.strip(f" {BLANK}") for each in _ENDS.split(text)) if part]


class Rest:
    """A text from which readers take what they have read, so that nothing is read twice."""

    def __init__(self, text: str) -> None:
        self.text = text

    def take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Return the first match and blank it out, or None."""
        found = pattern.search(self.text)
        if found:
            self.blank(found)
        return found

    def take_all(self, pattern: re.Pattern[str]) -> list[re.Match[str]]:
        """Return all matches and blank them out."""
        found = list(pattern.finditer(self.text))
        for each in found:
            self.blank(each)
        return found

    def blank(self, found: re.Match[str]) -> None:
        """Blank out a match of this text; the length stays."""
        start, end = found.span()
        self.text = self.text[:start] + BLANK * (end - start) + self.text[end:]
