"""A message as triage reads it: sentence by sentence, in plain lower-case words, English or Spanish."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from spellchecker import SpellChecker
from symspellpy import SymSpell

from bot.nlu.cleanup import Cleaner

_END: Final = re.compile(r"(?<=[.!?;])\s+|\n+|\s+-+\s+")
_NOT: Final = re.compile(r"^(\w+)n't$")
# Letters from which an unknown word may be several that lost their spaces.
_JOINED: Final = {"en": 6, "es": 4}
_SPLIT_AT_MOST: Final = 60  # letters; splitting takes time in the square of them
# Beside these, a part of a split word has two letters or more.
_SHORTEST_PARTS: Final = {"en": frozenset({"i", "a"}), "es": frozenset({"a", "o", "y"})}


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
        frequencies = {language: _frequencies(language) for language in ("en", "es")}
        self._cleaner = Cleaner(more_subject=rule_words, more_known=frequencies["es"], typed_in_haste=True)
        self._splitters = {language: _splitter(counts, rule_words) for language, counts in frequencies.items()}

    def read(self, text: str, language: str = "en") -> list[Sentence]:
        """Return the sentences of a message in order; none if it has no words."""
        sentences = []
        for written in _END.split(text):
            words = self._words(written, language)
            if any(word.isalnum() for word in words):
                sentences.append(Sentence(written, words))
        return sentences

    def _words(self, written: str, language: str) -> tuple[str, ...]:
        words: list[str] = []
        for word in self._cleaner.clean(without_accents(written), shorthand=language == "en").text.lower().split():
            words += self._split(word, language) if self._may_be_several(word, language) else _expanded(word)
        return tuple(words)

    def _may_be_several(self, word: str, language: str) -> bool:
        shortest = _JOINED[language]
        return shortest <= len(word) <= _SPLIT_AT_MOST and word.isalpha() and not self._cleaner.knows(word)

    def _split(self, word: str, language: str) -> list[str]:
        split = self._splitters[language].word_segmentation(word, max_edit_distance=0)
        parts: list[str] = split.corrected_string.split()
        if not all(self._is_part(part, language) for part in parts):
            return [word]
        if language == "es":
            return parts
        return [expanded for part in parts for expanded in _expanded(self._cleaner.plain(part).lower())]

    def _is_part(self, part: str, language: str) -> bool:
        known = part in self._splitters["es"].words if language == "es" else self._cleaner.knows(part)
        return known and (len(part) > 1 or part in _SHORTEST_PARTS[language])


def _frequencies(language: str) -> dict[str, int]:
    """Return how often each word is used, accents taken off."""
    found: dict[str, int] = {}
    for word, count in SpellChecker(language=language).word_frequency.dictionary.items():
        found[without_accents(word)] = found.get(without_accents(word), 0) + max(count, 1)
    return found


def _splitter(frequencies: Mapping[str, int], more: Collection[str]) -> SymSpell:
    splitter = SymSpell(max_dictionary_edit_distance=0)
    for word, count in frequencies.items():
        splitter.create_dictionary_entry(word, count)
    typical = sorted(frequencies.values())[len(frequencies) // 2]
    for word in set(more) - frequencies.keys():
        splitter.create_dictionary_entry(word, typical)
    return splitter


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
