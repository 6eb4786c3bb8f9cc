"""Brings a message into plain words before it is understood: shorthand, misspellings, emoji, markup, odd characters.

Only the understanding sees the result; the log and the visitor keep what was written. Each word of the result knows
where it stood in the message, so that what is found in the clean text can be shown in the original.
"""

from __future__ import annotations

import functools
import html
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import emoji
import yaml
from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein
from spellchecker import SpellChecker

from bot.knowledge.catalogue import load_catalogue
from bot.nlu.lexicon import all_words
from bot.nlu.slips import is_slip

NO_WORDS: Final = "?"  # what a message without words is understood as
LONGEST: Final = 4000  # characters that are read; the question of a longer message is looked for at its end
SPELLING: Final = Path(__file__).with_name("spelling.yml")
_MARKUP = re.compile(r"<[/!?]?[a-zA-Z-][^<>]{0,200}>")  # not "3 < 5 and 7 > 6"
_REPEATED = re.compile(r"(\w)\1{2,}")
_APOSTROPHE = r"['\u2019-]|&(?:#39|apos|rsquo);"
_PIECE = re.compile(rf"w/o?(?=\s|$)|[^\W_]+(?:(?:{_APOSTROPHE})[^\W_]+)*|&#?\w{{1,8}};|[^\w\s&]+|&+|_+")
_SHORTEST_CORRECTED = 5
_SHORTEST_SLIPPED = 4
_TWO_ERRORS_FROM = 9
_HARDLY_ANOTHER_FROM = 7  # letters; one that is wrong seldom makes another word
_NOT_SHOWN = frozenset({"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"})  # Unicode categories


@dataclass(frozen=True)
class Word:
    """A word of the clean text, and the characters of the original that it stands for."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Cleaned:
    """The clean text with the way back to the original."""

    text: str
    words: tuple[Word, ...]

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """Return the characters of the original for characters ``start`` to ``end`` of the clean text."""
        position = 0
        touched = []
        for word in self.words:
            if position < end and position + len(word.text) > start:
                touched.append(word)
            position += len(word.text) + 1
        return (touched[0].start, touched[-1].end) if touched else (0, 0)


class Cleaner:
    """Cleans messages; knows the words of the subject, towards which misspellings are corrected."""

    def __init__(
        self, more_subject: Iterable[str] = (), more_known: Iterable[str] = (), *, typed_in_haste: bool = False
    ) -> None:
        """Gather the words of the subject from the document, the lexicon and ``spelling.yml``.

        ``more_subject``: further words towards which misspellings are corrected; ``more_known``: further words that are
        never changed. ``typed_in_haste``: words of four letters are corrected too where a finger slipped, and of words
        as near the one that a slip explains is taken (``slips``).
        """
        self._typed_in_haste = typed_in_haste
        shortest = _SHORTEST_SLIPPED if typed_in_haste else _SHORTEST_CORRECTED
        spelling = yaml.safe_load(SPELLING.read_text(encoding="utf-8"))
        document = re.findall(r"[a-z]+", load_catalogue().source.lower())
        self._shorthand: dict[str, str] = spelling["words"]
        self._frequencies = SpellChecker(language="en").word_frequency.dictionary
        right = {*document, *spelling["subject"].split()}
        named = {part for words in all_words() for part in words.lower().split()}
        subject = right | {word for word in named if word in self._frequencies or not _misspells(word, right)}
        subject |= set(more_subject)
        self._subject = sorted(word for word in subject if len(word) >= shortest)
        self._known = subject | self._frequencies.keys() | set(more_known)

    def clean(self, text: str, *, shorthand: bool = True) -> Cleaned:
        """Return the clean text; empty if the message has no words and no emoji.

        Without ``shorthand``, what English text messages shorten is left as it is: "y" is a Spanish word.
        """
        words = []
        shown = _blanked(text)
        for match in _PIECE.finditer(shown):
            written = _plain(match.group())
            replacement = self._word(written, shorthand) if any(map(str.isalnum, written)) else _signs(written)
            if replacement:
                words.append(Word(replacement, match.start(), match.end()))
        return Cleaned(" ".join(word.text for word in words), tuple(words))

    def knows(self, word: str) -> bool:
        """Whether a lower-case word is one that is never corrected."""
        return word in self._known

    def plain(self, text: str) -> str:
        """Return the clean text alone, as it is learned from and classified; never empty."""
        return self.clean(text).text or NO_WORDS

    def _word(self, written: str, shorthand: bool) -> str:
        lower = written.lower()
        meant = self._shorthand.get(lower.replace("'", "")) if shorthand else None
        if meant:
            return meant
        if lower in self._known or not lower.isalpha():
            return written
        return self._unstretched(lower) if _REPEATED.search(lower) else self._corrected(lower) or written

    def _unstretched(self, lower: str) -> str:
        """Return a word without the letters that were repeated for emphasis: "sooo", "plzzz", "neeed"."""
        once, twice = _REPEATED.sub(r"\1", lower), _REPEATED.sub(r"\1\1", lower)
        forms = [form for form in (once, twice) if form in self._known]
        likeliest = max(forms, key=lambda form: self._frequencies.get(form, 0), default=self._corrected(once) or once)
        return self._shorthand.get(likeliest, likeliest)

    @functools.lru_cache(maxsize=4096)  # noqa: B019 - a cleaner lives as long as the process
    def _corrected(self, lower: str) -> str | None:
        if self._typed_in_haste and len(lower) >= _SHORTEST_SLIPPED:
            near = process.extract(lower, self._subject, scorer=DamerauLevenshtein.distance, score_cutoff=1, limit=None)
            slipped = [word for word, *_ in near if is_slip(lower, word)]
            if slipped:
                return max(slipped, key=lambda word: self._frequencies.get(word, 0))
        if len(lower) < _SHORTEST_CORRECTED:
            return None
        allowed = 2 if len(lower) >= _TWO_ERRORS_FROM else 1
        found = process.extractOne(lower, self._subject, scorer=DamerauLevenshtein.distance, score_cutoff=allowed)
        return found[0] if found else None


def _blanked(text: str) -> str:
    """Return the text, as long as it was, with markup and characters that show nothing blanked out."""
    beginning_skipped = max(0, len(text) - LONGEST)
    text = " " * beginning_skipped + text[beginning_skipped:]
    text = _MARKUP.sub(lambda match: " " * len(match.group()), text)
    return "".join(" " if unicodedata.category(sign) in _NOT_SHOWN else sign for sign in text)


def _plain(written: str) -> str:
    """Return a piece with full-width and styled letters made plain, and typographic apostrophes straight."""
    return " ".join(unicodedata.normalize("NFKC", html.unescape(written)).replace("\u2019", "'").split())


def _misspells(word: str, right: set[str]) -> bool:
    """Whether a word of the lexicon, which lists misspellings too, is one of a right word with the same initial."""
    if len(word) < _HARDLY_ANOTHER_FROM or word in right:
        return False
    alike = [other for other in right if other[0] == word[0]]
    return process.extractOne(word, alike, scorer=DamerauLevenshtein.distance, score_cutoff=1) is not None


def _signs(written: str) -> str:
    """Return punctuation as it is, and emoji by their names."""
    if not emoji.emoji_count(written):
        return written[:3].strip()
    named = emoji.demojize(written, delimiters=(" ", " "))
    return " ".join(dict.fromkeys(named.replace("_", " ").split()))


@functools.cache
def shared_cleaner() -> Cleaner:
    """Return the process's one cleaner; loading the dictionary takes a quarter of a second."""
    return Cleaner()
