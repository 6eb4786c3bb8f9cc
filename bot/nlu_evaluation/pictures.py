"""The pictures: the confusion matrix of the topics, and how far the probabilities can be relied on."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg  # type: ignore[import-untyped]  # has none
from matplotlib.colors import PowerNorm  # type: ignore[import-untyped]
from matplotlib.figure import Figure  # type: ignore[import-untyped]

from bot.nlu_evaluation.decisions import kind_of
from bot.nlu_evaluation.figures import Bin

_LEAST_SHOWN: Final = 0.02  # a smaller share of a row gets its colour, but no number
_DARK: Final = 0.4  # from this share on, the number is white
_BLUE: Final = "#1f5a8a"
_GREY: Final = "#8a8a8a"


def draw_confusion_matrix(topics: Sequence[str], matrix: Sequence[Sequence[int]], file: Path) -> None:
    """Write the matrix, shape ``(topics, topics)`` with the true topics as rows, as shares of its rows in per cent."""
    counts = np.array(matrix, dtype=np.float64)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    size = 4.5 + 0.27 * len(topics)  # inches
    picture, axes = _empty((size, size - 0.5))
    # The square root lets small shares, which are the errors, be seen beside the diagonal.
    image = axes.imshow(100 * shares, cmap="Blues", norm=PowerNorm(0.5, vmin=0, vmax=100))
    for row, column in np.argwhere(shares >= _LEAST_SHOWN):
        colour = "white" if shares[row, column] >= _DARK else "black"
        written = f"{100 * shares[row, column]:.0f}"
        axes.text(column, row, written, ha="center", va="center", fontsize=7, color=colour)
    axes.set_xticks(range(len(topics)), topics, rotation=90, fontsize=8.5)
    labels = [f"{topic} ({count:.0f})" for topic, count in zip(topics, counts.sum(axis=1), strict=True)]
    axes.set_yticks(range(len(topics)), labels, fontsize=8.5)
    for number, (before, after) in enumerate(pairwise(topics)):
        if kind_of(before) is not kind_of(after):
            axes.axhline(number + 0.5, color=_GREY, linewidth=0.7)
            axes.axvline(number + 0.5, color=_GREY, linewidth=0.7)
    axes.tick_params(length=0)
    axes.set_xlabel("taken for")
    axes.set_ylabel("due (messages)")
    axes.set_title("What messages of each topic were taken for, in per cent of the topic's messages")
    bar = picture.colorbar(image, ax=axes, shrink=0.5, pad=0.01, ticks=[0, 1, 5, 10, 25, 50, 75, 100])
    bar.set_label("per cent of the row")
    picture.savefig(file, dpi=110)


def draw_reliability(bins: Sequence[Bin], calibration_error: float, file: Path) -> None:
    """Write the share right over the confidence, and below it how many messages each bin has."""
    picture = Figure(figsize=(6.5, 7.5), layout="constrained")
    FigureCanvasAgg(picture)
    upper, lower = picture.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    filled = [entry for entry in bins if entry.count]
    upper.plot([0, 1], [0, 1], linestyle="--", color=_GREY, label="as sure as right")
    upper.plot(
        [entry.confidence for entry in filled],
        [entry.accuracy for entry in filled],
        marker="o",
        color=_BLUE,
        clip_on=False,
        label="messages, by bin",
    )
    upper.set(xlim=(0, 1), ylim=(-0.02, 1.02), ylabel="share right")
    upper.set_title(f"Reliability of the top topic's probability (calibration error {calibration_error:.3f})")
    upper.legend(loc="upper left", frameon=False)
    upper.grid(alpha=0.3)
    middles = [(entry.low + entry.high) / 2 for entry in bins]
    bars = lower.bar(middles, [entry.count for entry in bins], width=0.94 / len(bins), color=_BLUE)
    lower.bar_label(bars, fontsize=8, padding=2)
    lower.margins(y=0.18)
    lower.set(xlabel="probability of the top topic", ylabel="messages")
    lower.set_xticks([entry.low for entry in bins] + [1.0])
    picture.savefig(file, dpi=110)


def _empty(size: tuple[float, float]) -> tuple[Any, Any]:
    # Drawn by Agg, which needs no screen; without pyplot there is no global state either.
    picture = Figure(figsize=size, layout="constrained")
    FigureCanvasAgg(picture)
    return picture, picture.subplots()
