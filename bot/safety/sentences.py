"""A message as triage reads it: sentence by sentence, in plain lower-case words, English or Spanish."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from spellchecker import SpellChecker
from symspellpy import SymSpell

from bot.nlu.cleanup import Cleaner

_END: Final = re.compile(r"(?<=[.!?;])\s+|\n+|\s+-+\s+")
_NOT: Final = re.compile(r"^(\w+)n't$")
_JOINED: Final = 6  # letters from which an unknown word may be several that lost their spaces
_SPLIT_AT_MOST: Final = 60  # letters; splitting takes time in the square of them
_SHORTEST_PART: Final = {"i", "a"}  # beside these, a part of a split word has two letters or more


@dataclass(frozen=True)
class Sentence:
    """A sentence: as it was written, and its words cleaned, in lower case, without accents; "cannot" is two words."""

    written: str
    words: tuple[str, ...]

    @property
    def plain(self) -> str:
        """The words as one text."""
        return " ".join(self.words)


class SentenceReader:
    """Splits messages and brings them into plain words, correcting towards the words of the rules."""

    def __init__(self, rule_words: Collection[str]) -> None:
        """Load the dictionaries; ``rule_words`` are lower-case words without accents."""
        spanish = {without_accents(word) for word in SpellChecker(language="es").word_frequency.dictionary}
        english = SpellChecker(language="en").word_frequency.dictionary
        self._cleaner = Cleaner(more_subject=rule_words, more_known=spanish)
        self._splitter = SymSpell(max_dictionary_edit_distance=0)
        for word, count in english.items():
            self._splitter.create_dictionary_entry(word, max(count, 1))
        typical = sorted(english.values())[len(english) // 2]
        for word in set(rule_words) - english.keys():
            self._splitter.create_dictionary_entry(word, typical)

    def read(self, text: str, language: str = "en") -> list[Sentence]:
        """Return the sentences of a message in order; none if it has no words."""
        sentences = []
        for written in _END.split(text):
            words = self._words(written, spanish=language == "es")
            if any(word.isalnum() for word in words):
                sentences.append(Sentence(written, words))
        return sentences

    def _words(self, written: str, *, spanish: bool) -> tuple[str, ...]:
        words: list[str] = []
        for word in self._cleaner.clean(without_accents(written), shorthand=not spanish).text.lower().split():
            several = not spanish and self._may_be_several(word)
            words += self._split(word) if several else _expanded(word)
        return tuple(words)

    def _may_be_several(self, word: str) -> bool:
        return _JOINED <= len(word) <= _SPLIT_AT_MOST and word.isalpha() and not self._cleaner.knows(word)

    def _split(self, word: str) -> list[str]:
        parts = self._splitter.word_segmentation(word, max_edit_distance=0).corrected_string.split()
        whole = all(self._cleaner.knows(part) and (len(part) > 1 or part in _SHORTEST_PART) for part in parts)
        if not whole:
            return [word]
        return [expanded for part in parts for expanded in _expanded(self._cleaner.plain(part).lower())]


def without_accents(text: str) -> str:
    """Return the text with accents taken off: "orinó" becomes "orino"."""
    return "".join(sign for sign in unicodedata.normalize("NFD", text) if not unicodedata.combining(sign))


def _expanded(word: str) -> list[str]:
    if word in {"cannot", "can't", "cant"}:
        return ["can", "not"]
    if word == "won't":
        return ["will", "not"]
    match = _NOT.match(word)
    return [match[1], "not"] if match else word.replace("'", " '").split()
