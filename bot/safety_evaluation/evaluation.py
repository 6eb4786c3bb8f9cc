"""``python -m bot evaluate-safety``: triage on messages that it has never learned."""

from __future__ import annotations

import json
import statistics
import time
from pathlib import Path
from typing import Any, Final

import yaml

from bot.safety import learning
from bot.safety.triage import Triage
from bot.safety_evaluation.figures import Share, by_group
from bot.settings import ROOT

HELD_OUT: Final = ROOT / "tests" / "safety" / "held_out.yml"
QUESTIONS: Final = ROOT / "evaluation" / "dev-questions.jsonl"
_SAFETY: Final = frozenset({"emergency", "crisis"})


def held_out(triage: Triage) -> list[str]:
    """Return the lines of the table for the messages of an examiner, who saw neither rules nor examples."""
    loaded = yaml.safe_load(HELD_OUT.read_text(encoding="utf-8"))
    alarms = [
        (family, text)
        for part in ("plain", "alarms", "alarms_es")
        for family, texts in loaded[part].items()
        for text in texts
    ]
    looked = [(family, triage.look(text).is_alarm) for family, text in alarms]
    lines = ["Messages by an examiner (tests/safety/held_out.yml), caught:"]
    lines += by_group(looked)
    for part in ("ordinary", "look_alikes", "look_alikes_es"):
        false = [triage.look(text).is_alarm for text in loaded[part]]
        lines.append(f"  false alarms, {part:16s} {Share(sum(false), len(false))}")
    return lines


def questions(triage: Triage) -> list[str]:
    """Return the lines for the development questions, triage alone, with the processor's time of a message."""
    rows = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines() if line.strip()]
    looked, seconds = [], []
    for row in rows:
        started = time.process_time()
        looked.append(triage.look(row["text"]).is_alarm)
        seconds.append(time.process_time() - started)
    due = [row["topic"] in _SAFETY for row in rows]
    safe = [not (_SAFETY & {row["topic"], *row.get("also", ())}) for row in rows]
    hard = [bool(row.get("hard_negative")) for row in rows]
    counts = {
        "caught": [alarm for alarm, counts in zip(looked, due, strict=True) if counts],
        "false alarms": [alarm for alarm, ok, is_hard in zip(looked, safe, hard, strict=True) if ok and not is_hard],
        "false alarms, hard": [alarm for alarm, ok, is_hard in zip(looked, safe, hard, strict=True) if ok and is_hard],
    }
    lines = ["Development questions (evaluation/dev-questions.jsonl), triage alone:"]
    lines += [f"  {name:30s} {Share(sum(found), len(found))}" for name, found in counts.items()]
    p50, p95 = statistics.median(seconds), sorted(seconds)[int(len(seconds) * 0.95)]
    lines.append(f"  processor time of a message    p50 {p50 * 1e3:.1f} ms, p95 {p95 * 1e3:.1f} ms")
    return lines


def after_alarms(triage: Triage, file: Path) -> list[str]:
    """Return the lines for what visitors say after an alarm: how often it ended where it should, and elsewhere."""
    pairs: list[tuple[str, str, Any]] = [
        (text, said, triage.afterwards.said(text)) for text, said in learning.after_alarm_examples(file)
    ]
    ended = [said == got for _, said, got in pairs if said != "stays"]
    wrongly = [got != "stays" for _, said, got in pairs if said == "stays"]
    return [
        "Messages after an alarm (tests/safety/after_alarm.yml):",
        f"  ended as it should             {Share(sum(ended), len(ended))}",
        f"  ended though it should stay    {Share(sum(wrongly), len(wrongly))}",
    ]
