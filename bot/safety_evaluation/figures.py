"""Counts with exact bounds."""

from __future__ import annotations

from collections.abc import Iterable
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


def by_group(looked: Iterable[tuple[str, bool]]) -> list[str]:
    """Return the lines of a table: the share of each group that was caught, and of all."""
    rows = list(looked)
    groups = dict.fromkeys(group for group, _ in rows)
    lines = []
    for group in groups:
        caught = [alarm for each, alarm in rows if each == group]
        lines.append(f"  {group:30s} {Share(sum(caught), len(caught))}")
    lines.append(f"  {'all':30s} {Share(sum(alarm for _, alarm in rows), len(rows))}")
    return lines
