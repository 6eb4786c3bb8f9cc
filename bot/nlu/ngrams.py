"""The features of one text at a time, as a trained TfidfVectorizer gives them, in a tenth of its time.

scikit-learn checks itself and builds several matrices at each call, which takes longer than the counting.
"""

from __future__ import annotations

from collections import Counter

import numpy as np
import numpy.typing as npt
from sklearn.feature_extraction.text import TfidfVectorizer

Floats = npt.NDArray[np.float32]


class Ngrams:
    """The n-grams of a vectorizer with ``sublinear_tf`` and unit length."""

    def __init__(self, vectorizer: TfidfVectorizer) -> None:
        """Take over what a trained vectorizer knows."""
        self._of = vectorizer.build_analyzer()
        self._columns: dict[str, int] = vectorizer.vocabulary_
        self._weights: Floats = vectorizer.idf_.astype(np.float32)

    def __len__(self) -> int:
        return len(self._columns)

    def features(self, text: str) -> tuple[npt.NDArray[np.int64], Floats]:
        """Return the columns that the text has, and their values; none for a text without known n-grams."""
        counts = Counter(column for gram in self._of(text) if (column := self._columns.get(gram)) is not None)
        columns = np.fromiter(counts, dtype=np.int64, count=len(counts))
        values = np.fromiter(counts.values(), dtype=np.float32, count=len(counts))
        values = (np.log(values) + 1) * self._weights[columns]
        length = np.sqrt(values @ values)
        return columns, values / length if length else values
