"""The figures as text for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from bot.nlu_evaluation.decisions import WRONG, Kind, Outcome
from bot.nlu_evaluation.figures import Bin, Confusion, Figures, Scores


def report(figures: Figures) -> str:
    """Return the report: one block a subject, with empty lines between them."""
    return "\n\n".join(
        "\n".join(lines)
        for lines in (
            _scores(figures),
            _decisions(figures.decisions),
            _confusions(figures.confusions),
            _reliability(figures.reliability, figures.calibration_error),
            _separation(figures),
        )
    )


def _scores(figures: Figures) -> list[str]:
    def line(name: str, scores: Scores) -> str:
        return f"{name:<8} {_per_cent(scores.accuracy)}      {_per_cent(scores.macro_f1)}"

    folds = " ".join(_per_cent(accuracy).strip() for accuracy in figures.accuracy_of_folds)
    return [
        "         accuracy   macro-F1",
        line("labels", figures.labels),
        line("topics", figures.topics),
        f"Accuracy over topics, fold by fold: {folds}",
    ]


def _decisions(decisions: dict[str, dict[str, int]]) -> list[str]:
    lines = ["What is done with a message, by what is due:", f"{'':<10}" + "".join(f"{name:>16}" for name in Outcome)]
    for kind in Kind:
        counts = decisions[kind]
        cells = "".join(f"{_of(counts[outcome], sum(counts.values())):>16}" for outcome in Outcome)
        lines.append(f"{kind:<10}{cells}")
    answers, refusals = decisions[Kind.ANSWER], decisions[Kind.REFUSAL]
    total = sum(answers.values())
    vain = answers[Outcome.ASKED_IN_VAIN] + answers[Outcome.NOT_UNDERSTOOD]
    wrong = sum(answers[outcome] for outcome in WRONG)
    return [
        *lines,
        "Where an answer is due:",
        f"  right                                         {_of(answers[Outcome.RIGHT], total)}",
        f"  asked, with the right topic among the buttons {_of(answers[Outcome.ASKED], total)}",
        f"  asked without it, or not understood           {_of(vain, total)}",
        f"  refused                                       {_of(answers[Outcome.REFUSED], total)}",
        f"  wrong                                         {_of(wrong, total)}",
        f"Content where a refusal is due: {_of(refusals[Outcome.CONTENT], sum(refusals.values()))}",
    ]


def _confusions(confusions: Sequence[Confusion]) -> list[str]:
    width = max((len(entry.due) for entry in confusions), default=0)
    return [
        f"The {len(confusions)} most frequent confusions (messages, and share of the topic that is due):",
        *(
            f"{entry.count:5}  {_per_cent(entry.share)}  {entry.due:<{width}} -> {entry.taken_for}"
            for entry in confusions
        ),
    ]


def _reliability(bins: Sequence[Bin], calibration_error: float) -> list[str]:
    return [
        "Reliability of the top topic's probability:",
        "probability  messages  confidence    right",
        *(
            f"{entry.low:.1f} to {entry.high:.1f} {entry.count:11}  {_per_cent(entry.confidence):>10}"
            f"  {_per_cent(entry.accuracy):>7}"
            for entry in bins
        ),
        f"Expected calibration error: {calibration_error:.4f}",
    ]


def _separation(figures: Figures) -> list[str]:
    def shown(area: float | None) -> str:
        return "-" if area is None else f"{area:.4f}"

    return [
        "Area under the ROC curve of the answer topics' summed probability, answer topics against",
        f"  all that is refused (out_of_scope, not_in_source, personal_advice): {shown(figures.auroc_refusals)}",
        f"  out_of_scope alone: {shown(figures.auroc_out_of_scope)}",
    ]


def _of(count: int, total: int) -> str:
    return f"{count} ({100 * count / max(1, total):.1f} %)"


def _per_cent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:5.1f} %"
