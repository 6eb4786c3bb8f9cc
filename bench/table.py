"""Prints the figures of both pipelines beside each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

Figures = Mapping[str, Any]

NAMES: Final = {"ours": "this project", "default": "Rasa's default"}
DEFAULT_EPOCHS: Final = 100
_LABEL, _COLUMN = 44, 22


def _share(part: str, whole: str) -> Callable[[Figures], tuple[float, str]]:
    def shown(figures: Figures) -> tuple[float, str]:
        value = figures[part] / figures[whole] if figures[whole] else 0.0
        return value, f"{value:.3f} ({figures[part]} of {figures[whole]})"

    return shown


def _number(name: str, digits: int = 0) -> Callable[[Figures], tuple[float, str]]:
    return lambda figures: (figures[name], f"{figures[name]:,.{digits}f}")


_ROWS: Final[Sequence[tuple[str, Callable[[Figures], tuple[float, str]]]]] = (
    ("accuracy, all questions", _share("right", "of")),
    ("accuracy, answer topics alone", _share("answers_right", "answers_of")),
    ("accuracy, parts within the intent (1)", _share("right_within_intent", "of")),
    ("not understood (nlu_fallback)", _share("not_understood", "of")),
    ("parse, p50 in ms", _number("parse_p50_ms", 1)),
    ("parse, p95 in ms", _number("parse_p95_ms", 1)),
    ("parse, processor time, mean in ms", _number("parse_cpu_ms", 1)),
    ("training in s", _number("training_s")),
    ("training, processor time in s", _number("training_cpu_s")),
    ("training, peak memory in MB", _number("training_peak_mb")),
    ("parsing, resident memory in MB", _number("parsing_mb")),
)


def table(sides: Mapping[str, Figures]) -> str:
    """Return the table of the sides that were measured, in the order of ``NAMES``; with both, also their ratio."""
    shown = [name for name in NAMES if name in sides]
    heads = [NAMES[name] for name in shown] + (["ratio"] if len(shown) == len(NAMES) else [])
    lines = [_line("", heads)]
    for label, read in _ROWS:
        values = [read(sides[name]) for name in shown]
        cells = [text for _, text in values]
        if len(shown) == len(NAMES):
            cells.append(_ratio(values[0][0], values[1][0]))
        lines.append(_line(label, cells))
    return "\n".join([*lines, "", *_notes(sides)])


def _line(label: str, cells: Sequence[str]) -> str:
    return (f"{label:<{_LABEL}}" + "".join(f"{cell:>{_COLUMN}}" for cell in cells)).rstrip()


def _ratio(ours: float, default: float) -> str:
    return f"{ours / default:.2f}" if default else "-"


def _notes(sides: Mapping[str, Figures]) -> list[str]:
    notes = ["(1) as if Rasa's response selector could select only parts of the intent that the classifier found"]
    if len(sides) == len(NAMES):
        notes.append("ratio: this project / Rasa's default")
        if len({figures["inputs"] for figures in sides.values()}) > 1:
            notes.append("ATTENTION: the two were not measured on the same examples, domain and questions")
    for name, figures in sides.items():
        few = f"at most {figures['examples']} examples a label" if figures["examples"] else "all examples"
        notes.append(f"{NAMES[name]}: {few}; {figures['cores']} cores, load {figures['load']:.1f} while parsing")
    if "default" in sides:
        epochs = sides["default"]["epochs"]
        notes.append(
            f"{NAMES['default']}: DIETClassifier and ResponseSelector trained {epochs} epochs"
            + ("" if epochs == DEFAULT_EPOCHS else f" (--epochs {epochs}; Rasa's default is {DEFAULT_EPOCHS})")
        )
    return notes
