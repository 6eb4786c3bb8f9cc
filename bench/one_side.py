"""One pipeline, in a process for the training and another for the parsing, so that each one's memory is its own.

Started by ``bench.side_by_side``; writes its figures as JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import itertools
import json
import os
import resource
import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import psutil  # type: ignore[import-untyped]  # comes without types

from bench.scoring import Parsed, read_questions, score
from bot.knowledge.catalogue import load_catalogue
from bot.serving.logs import configure_logs, quiet_rasa

WARM_UP: Final = 20
_MEGA: Final = 1e6


def main() -> None:
    """Train or parse, as the command line says."""
    parser = argparse.ArgumentParser()
    tasks = parser.add_subparsers(dest="task", required=True)
    training = tasks.add_parser("train")
    for name in ("--config", "--examples", "--domain", "--output"):
        training.add_argument(name, type=Path, required=True)
    parsing = tasks.add_parser("parse")
    for name in ("--model", "--questions"):
        parsing.add_argument(name, type=Path, required=True)
    for task in (training, parsing):
        task.add_argument("--figures", type=Path, required=True)
    options = parser.parse_args()
    configure_logs("info")
    quiet_rasa()
    if options.task == "train":
        figures = trained(options.config, options.examples, options.domain, options.output)
    else:
        figures = parsed(options.model, options.questions)
    options.figures.write_text(json.dumps(figures))


def trained(config: Path, examples: Path, domain: Path, output: Path) -> dict[str, Any]:
    """Train, and return the model's file, the seconds that it took and the most memory that was held."""
    from rasa.model_training import train_nlu  # noqa: PLC0415 - takes 15 s, and what it prints must be quiet first

    started, worked = time.perf_counter(), time.process_time()
    # With the domain, because it holds the responses that the selector selects from.
    model = train_nlu(str(config), str(examples), str(output), domain=str(domain))
    if not model:
        raise SystemExit(f"nothing was trained from {config}; see above")
    return {
        "model": model,
        "training_s": time.perf_counter() - started,
        "training_cpu_s": time.process_time() - worked,
        "training_peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / _MEGA,  # Linux: in KiB
    }


def parsed(model: Path, questions_file: Path) -> dict[str, Any]:
    """Parse the questions one after another, and return their score, latencies and the memory that is held."""
    from rasa.core.agent import Agent  # noqa: PLC0415 - takes 15 s, and what it prints must be quiet first

    agent = Agent.load(str(model))
    questions = read_questions(questions_file)
    catalogue = load_catalogue()
    warm_up = list(itertools.islice(itertools.cycle(catalogue.titles.values()), WARM_UP))
    asyncio.run(_parse(agent, warm_up))
    worked = time.process_time()
    parses, seconds = asyncio.run(_parse(agent, [question.text for question in questions]))
    worked = time.process_time() - worked
    return {
        **dataclasses.asdict(score(questions, parses, catalogue.answers)),
        **latencies(seconds),
        "parse_cpu_ms": worked / len(questions) * 1e3,
        "parsing_mb": psutil.Process().memory_info().rss / _MEGA,
        "load": os.getloadavg()[0],
    }


def latencies(seconds: Sequence[float]) -> dict[str, float]:
    """Return the median and the 95th percentile in milliseconds."""
    return {
        "parse_p50_ms": statistics.median(seconds) * 1e3,
        "parse_p95_ms": sorted(seconds)[int(len(seconds) * 0.95)] * 1e3,
    }


async def _parse(agent: Any, texts: Sequence[str]) -> tuple[list[Parsed], list[float]]:
    parses, seconds = [], []
    for text in texts:
        started = time.perf_counter()
        parses.append(await agent.parse_message(text))
        seconds.append(time.perf_counter() - started)
    return parses, seconds


if __name__ == "__main__":
    main()
