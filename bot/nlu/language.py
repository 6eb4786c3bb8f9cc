"""Notices Spanish, because the assistant answers in English only and has to say so."""

from __future__ import annotations

import functools
import re
from typing import Final

from py3langid.langid import MODEL_FILE, LanguageIdentifier
from spellchecker import SpellChecker

_CERTAIN: Final = 0.95
_MARKS = re.compile("[¿¡ñÑ]")
_WORD = re.compile(r"[^\W\d_]+")


def language_of(text: str) -> str:
    """Return ``es`` for a message in Spanish, else ``en``.

    Two votes are needed, because n-grams alone take many a short English scrap for Spanish: those of py3langid, and
    more words that are Spanish but not English than the other way round.
    """
    words = _WORD.findall(text.lower())
    spanish = sum(word in _words("es") and word not in _words("en") for word in words) + len(_MARKS.findall(text))
    english = sum(word in _words("en") and word not in _words("es") for word in words)
    if spanish <= english:
        return "en"
    language, probability = _identifier().classify(text.lower())
    return "es" if language == "es" and probability >= _CERTAIN else "en"


@functools.cache
def _identifier() -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_pickled_model(MODEL_FILE, norm_probs=True)
    identifier.set_languages(["en", "es"])
    return identifier


@functools.cache
def _words(language: str) -> frozenset[str]:
    return frozenset(SpellChecker(language=language).word_frequency.dictionary)
