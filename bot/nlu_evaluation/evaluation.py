"""The whole evaluation: read the examples, cross-validate, write figures and pictures, and report."""

from __future__ import annotations

import dataclasses
import json
import time
from pathlib import Path
from typing import Any

from bot.nlu.encoder import shared_encoder
from bot.nlu.tuning import Tuning
from bot.nlu_evaluation.cross_validation import cross_validate, read_examples
from bot.nlu_evaluation.figures import Figures, figures_of
from bot.nlu_evaluation.pictures import draw_confusion_matrix, draw_reliability
from bot.nlu_evaluation.report import report
from bot.settings import ROOT, load_settings

EXAMPLES = ROOT / "data" / "nlu.yml"


def evaluate(folder: Path, folds: int, epochs: int | None = None, most: int | None = None) -> str:
    """Cross-validate on the training examples, write the results to ``folder``, and return the report.

    ``epochs``: of tuning the encoder, 0 for none, None as in training; ``most``: examples a label, None for all.
    Raises ConfigurationError if there are too few examples for so many folds.
    """
    started = time.monotonic()
    tuning = Tuning() if epochs is None else Tuning(epochs=epochs)
    examples = read_examples(EXAMPLES, most)
    predictions = cross_validate(examples, shared_encoder(load_settings().encoder_path), folds, tuning)
    figures = figures_of(predictions)
    setup = {
        "examples": len(examples),
        "labels": len(predictions.labels),
        "folds": folds,
        "epochs": tuning.epochs,
        "temperatures": [round(temperature, 4) for temperature in predictions.temperatures],
        "seconds": round(time.monotonic() - started),
    }
    write(figures, setup, folder)
    return (
        f"{len(examples)} examples of {len(predictions.labels)} labels, {folds} folds, the encoder tuned in "
        f"{tuning.epochs} passes, {setup['seconds']} s\n\n{report(figures)}\n\n"
        f"Written to {folder}: evaluate-nlu.json, confusion-matrix.png, reliability.png"
    )


def write(figures: Figures, setup: dict[str, Any], folder: Path) -> None:
    """Write ``evaluate-nlu.json``, ``confusion-matrix.png`` and ``reliability.png``; the folder is made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    known = dataclasses.asdict(figures)
    names, matrix = known.pop("topic_names"), known.pop("matrix")
    known["matrix"] = {  # due -> taken for -> messages, without the zeros
        due: {taken_for: count for taken_for, count in zip(names, row, strict=True) if count}
        for due, row in zip(names, matrix, strict=True)
    }
    written = json.dumps({"setup": setup, **known}, indent=1, ensure_ascii=False)
    (folder / "evaluate-nlu.json").write_text(written + "\n", encoding="utf-8")
    draw_confusion_matrix(figures.topic_names, figures.matrix, folder / "confusion-matrix.png")
    draw_reliability(figures.reliability, figures.calibration_error, folder / "reliability.png")
