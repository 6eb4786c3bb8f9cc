"""Which misspellings a finger makes that slips on a keyboard."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

_ROWS: Final = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


def _neighbours() -> frozenset[tuple[str, str]]:
    """Return the pairs of keys that touch, both ways; each row is shifted half a key to the right of the one above."""
    pairs = {pair for row in _ROWS for pair in pairwise(row)}
    for upper, lower in pairwise(_ROWS):
        for place, key in enumerate(lower):
            pairs |= {(key, above) for above in upper[place : place + 2]}
    return frozenset(pairs | {(second, first) for first, second in pairs})


_NEIGHBOURS: Final = _neighbours()


def is_slip(written: str, meant: str) -> bool:
    """Whether one slip makes ``written`` of ``meant``: a key beside the right one, two exchanged, one struck twice."""
    if len(written) == len(meant) + 1:
        return any(
            written[place] == written[place - 1] and written[:place] + written[place + 1 :] == meant
            for place in range(1, len(written))
        )
    if len(written) != len(meant):
        return False
    differ = [place for place, (first, second) in enumerate(zip(written, meant, strict=True)) if first != second]
    if len(differ) == 1:
        return (written[differ[0]], meant[differ[0]]) in _NEIGHBOURS
    exchanged = len(differ) == 2 and differ[1] == differ[0] + 1  # noqa: PLR2004
    return exchanged and written[differ[0]] == meant[differ[1]] and written[differ[1]] == meant[differ[0]]
