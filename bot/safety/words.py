"""Finds the words of the rules in a sentence: groups of synonyms, several words long, prefixes written with a star."""

from __future__ import annotations

import bisect
import functools
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import spacy
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc
from spellchecker import SpellChecker

from bot.errors import ConfigurationError
from bot.safety.sentences import Sentence, without_accents

_STAR: Final = "*"
_SHORTEST_PREFIX: Final = 4


@dataclass(frozen=True, order=True)
class Span:
    """Where a group's word stands in a sentence: token numbers, the end excluded."""

    start: int
    end: int


class WordFinder:
    """Finds groups of words; made once from those of ``rules.yml``."""

    def __init__(self, groups: Mapping[str, Sequence[str]]) -> None:
        """Compile the groups. Raises ConfigurationError for a prefix of fewer than four letters."""
        self._vocab = spacy.blank("en").vocab
        self._matcher = PhraseMatcher(self._vocab, attr="ORTH")
        dictionary = _dictionary()
        self.words: set[str] = set()
        for name, phrases in groups.items():
            forms = [form for phrase in phrases for form in _forms(name, phrase, dictionary)]
            self.words.update(word for form in forms for word in form)
            self._matcher.add(name, [Doc(self._vocab, words=form) for form in forms])

    def find(self, sentence: Sentence) -> dict[str, list[Span]]:
        """Return the places of each group that the sentence has."""
        found: dict[str, list[Span]] = {}
        if sentence.words:
            document = Doc(self._vocab, words=list(sentence.words))
            for key, start, end in self._matcher(document):
                found.setdefault(self._vocab.strings[key], []).append(Span(start, end))
        return found


def _forms(group: str, phrase: str, dictionary: Sequence[str]) -> list[list[str]]:
    """Return the phrase as words, once for each word that its prefixes begin."""
    choices = []
    for word in without_accents(phrase.lower()).split():
        if not word.endswith(_STAR):
            choices.append([word])
            continue
        prefix = word.removesuffix(_STAR)
        if len(prefix) < _SHORTEST_PREFIX:
            raise ConfigurationError(f"rules.yml: {word!r} in the words {group!r} is too short for a prefix.")
        begins = bisect.bisect_left(dictionary, prefix)
        ends = bisect.bisect_left(dictionary, prefix + "\N{LATIN SMALL LETTER Z WITH STROKE}")
        choices.append(sorted({prefix, *dictionary[begins:ends]}))
    return [list(form) for form in itertools.product(*choices)]


@functools.cache
def _dictionary() -> list[str]:
    languages = (SpellChecker(language=language).word_frequency.dictionary for language in ("en", "es"))
    return sorted({without_accents(word) for words in languages for word in words if word.isalpha()})
