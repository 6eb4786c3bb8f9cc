"""A message made ready for reading times: words as they are meant, and what only looks like a time blanked out."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

import yaml
from rapidfuzz import fuzz, process

from bot.booking.words.contacts import blank_out, find_contacts
from bot.booking.words.days import MONTH_NAMES
from bot.booking.words.tidy import BLANK, tidy

_LONGEST: Final = 1_000
_SURE: Final = 85  # how alike, of 100, a word must be to be taken for a misspelling
_LEAST: Final = 6  # letters of a word that may be a misspelling
_HOURS: Final = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_NUMBERS: Final = {word: str(value) for value, word in enumerate(_HOURS, start=1)}
_MINUTES: Final = {"fifteen": 15, "thirty": 30, "forty five": 45, "forty-five": 45}
_SPOKEN_CLOCK: Final = re.compile(rf"\b({'|'.join(_HOURS)}|\d{{1,2}})[ -](fifteen|thirty|forty[ -]five)\b")
# "one" is a number only where nothing else can be meant: "that one" and "the afternoon one" name no hour.
_SPOKEN_ONE: Final = re.compile(
    r"(?:^|(?<=\bnumber )|(?<=\boption )|(?<=\bat )|(?<=\bafter )|(?<=\bbefore )|(?<=\bto )|(?<=\band )|"
    r"(?<=\bslot ))one"
    r"(?= ?(?:$|pm\b|o'?clock|or\b|to\b|and\b|please|pls|-))|\bone(?= ?(?:pm\b|o'?clock))"
)
_SPOKEN: Final = re.compile(rf"\b({'|'.join(_HOURS[1:])})\b")
_LISTS: Final[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("time_text.yml").read_text(encoding="utf-8"))
_WORDS: Final = _LISTS["meant"].split()
_ORDINALS: Final = _LISTS["ordinals"].split()
_ORDINAL: Final = "|".join(word.replace("-", "[ -]") for word in reversed(_ORDINALS))
_SPOKEN_DAY: Final = re.compile(
    rf"\b({_ORDINAL}) (?:of |day of )?({MONTH_NAMES})\b|\b({MONTH_NAMES}) (?:the )?({_ORDINAL})\b(?! (?:one|week))"
)
_DOTTED: Final = re.compile(r"(?<=[\d\s])([ap])\. ?m\b\.?|\b([ap])\.m\.?(?=\s|$)")
_WORD: Final = re.compile(r"[a-z\d]+")
_HOLIDAYS: Final = tuple((re.compile(rf"\b{words}\b"), day) for words, day in _LISTS["holidays"].items())
_NO_TIME: Final = re.compile("|".join(_LISTS["not_a_time"]))


def time_text(text: str) -> str:
    """Return a message in lower case, misspelt days mended, hours in figures, contacts and stories' numbers blanked."""
    text = tidy(text, _LONGEST)
    words = blank_out(text, find_contacts(text)).lower()
    for holiday, day in _HOLIDAYS:
        words = holiday.sub(day, words)
    words = _DOTTED.sub(lambda found: f"{found[1] or found[2]}m", words)
    words = _WORD.sub(lambda found: _meant(found[0]), words)
    words = _SPOKEN_DAY.sub(_day, words)
    words = _SPOKEN_CLOCK.sub(_clock, words)
    words = _SPOKEN_ONE.sub("1", words)
    words = _SPOKEN.sub(lambda found: _NUMBERS[found[1]], words)
    return _NO_TIME.sub(lambda found: BLANK * len(found[0]), words)


def _meant(word: str) -> str:
    if word in _LISTS["misspelt"]:
        return str(_LISTS["misspelt"][word])
    if len(word) < _LEAST or not word.isalpha():
        return word
    found = process.extractOne(word, _WORDS, scorer=fuzz.ratio, score_cutoff=_SURE)
    if not found:
        return word
    meant: str = found[0]
    return f"{meant}s" if word.endswith("s") and not meant.endswith("s") else meant


def _day(found: re.Match[str]) -> str:
    number = _ORDINALS.index((found[1] or found[4]).replace(" ", "-")) + 1
    return f"{found[2] or found[3]} {number}"


def _clock(found: re.Match[str]) -> str:
    hour = _NUMBERS.get(found[1], found[1])
    return f"{hour}:{_MINUTES[found[2].replace('-', ' ')]}"
