"""Counts with exact bounds."""

from __future__ import annotations

from dataclasses import dataclass

from scipy.stats import beta

_CONFIDENCE = 0.95


@dataclass(frozen=True)
class Share:
    """So many of so many."""

    part: int
    whole: int

    @property
    def bounds(self) -> tuple[float, float]:
        """The exact 95 % confidence bounds of the share (Clopper and Pearson 1934)."""
        tail = (1 - _CONFIDENCE) / 2
        low = 0.0 if self.part == 0 else float(beta.ppf(tail, self.part, self.whole - self.part + 1))
        high = 1.0 if self.part == self.whole else float(beta.ppf(1 - tail, self.part + 1, self.whole - self.part))
        return low, high

    def __str__(self) -> str:
        if not self.whole:
            return "none"
        low, high = self.bounds
        return f"{self.part}/{self.whole} = {self.part / self.whole:.3f}  [{low:.3f}, {high:.3f}]"
