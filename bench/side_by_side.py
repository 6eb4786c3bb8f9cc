"""Train and ask this project's pipeline and Rasa's default one, and print what each does with the same questions.

Each is trained from nothing in a temporary folder, NLU alone, and each training and each parsing has a process of its
own. ``python -m bench.side_by_side --examples 5 --epochs 2`` tries it all out in a few minutes.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import yaml

from bench.table import DEFAULT_EPOCHS, NAMES, table
from bot.settings import ROOT

_CONFIGS: Final = {"ours": ROOT / "config.yml", "default": ROOT / "bench" / "default-config.yml"}


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure one side or both, and print the table."""
    options = _options(arguments)
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        # Copies, because both sides must see the same even if somebody edits the files meanwhile.
        write_examples(ROOT / "data" / "nlu.yml", folder / "nlu.yml", options.examples)
        shutil.copy(ROOT / "domain.yml", folder / "domain.yml")
        shutil.copy(options.questions, folder / "questions.jsonl")
        inputs = _hash(folder / "nlu.yml", folder / "domain.yml", folder / "questions.jsonl")
        about = {"inputs": inputs, "examples": options.examples, "cores": os.cpu_count()}
        measured = {}
        for side in [options.only] if options.only else NAMES:
            write_config(_CONFIGS[side], folder / f"{side}.yml", options.epochs if side == "default" else None)
            measured[side] = measure(side, folder) | about
        if "default" in measured:
            measured["default"]["epochs"] = options.epochs
    sides = sides_so_far(options.json) | measured
    if options.json:
        options.json.write_text(json.dumps(sides, indent=1))
    print(table(sides))  # noqa: T201 - what the command is for


def measure(side: str, folder: Path) -> dict[str, Any]:
    """Train and ask one side with the files in ``folder``; return its figures."""
    own = folder / side
    own.mkdir()
    figures = _figures_of(
        own,
        "train",
        f"--config={folder / f'{side}.yml'}",
        f"--examples={folder / 'nlu.yml'}",
        f"--domain={folder / 'domain.yml'}",
        f"--output={own}",
    )
    model = figures.pop("model")
    return figures | _figures_of(own, "parse", f"--model={model}", f"--questions={folder / 'questions.jsonl'}")


def write_examples(source: Path, target: Path, most: int | None) -> None:
    """Copy the training examples, with ``most`` only so many of each label."""
    if most is None:
        shutil.copy(source, target)
        return
    content = yaml.safe_load(source.read_text(encoding="utf-8"))
    for group in content["nlu"]:
        group["examples"] = "".join(group["examples"].splitlines(keepends=True)[:most])
    target.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")


def write_config(source: Path, target: Path, epochs: int | None) -> None:
    """Copy a configuration; ``epochs`` replaces those of every component that has them."""
    content = yaml.safe_load(source.read_text(encoding="utf-8"))
    if epochs is not None:
        content["pipeline"] = [
            {**component, "epochs": epochs} if "epochs" in component else component for component in content["pipeline"]
        ]
    target.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")


def sides_so_far(file: Path | None) -> dict[str, Any]:
    """Return the sides that ``file`` holds from an earlier call with ``--only``."""
    if file is None or not file.is_file():
        return {}
    return {side: figures for side, figures in json.loads(file.read_text()).items() if side in NAMES}


def _figures_of(own: Path, task: str, *arguments: str) -> dict[str, Any]:
    figures = own / f"{task}.json"
    # A model folder and a cache of its own: what the project has trained before must not be used again.
    environment = os.environ | {"MODEL_FOLDER": str(own), "RASA_CACHE_DIRECTORY": str(own / ".rasa-cache")}
    done = subprocess.run(  # noqa: S603 - our own module
        [sys.executable, "-m", "bench.one_side", task, *arguments, f"--figures={figures}"],
        cwd=ROOT,
        env=environment,
        stdout=sys.stderr.fileno(),
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{own.name}: '{task}' ended with code {done.returncode}; see above")
    return dict(json.loads(figures.read_text()))


def _hash(*files: Path) -> str:
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.side_by_side", description=__doc__.split("\n\n", 1)[0])
    parser.add_argument(
        "--epochs", type=int, default=DEFAULT_EPOCHS, help="passes of Rasa's default classifier and selector"
    )
    parser.add_argument("--questions", type=Path, default=ROOT / "evaluation" / "dev-questions.jsonl")
    parser.add_argument("--examples", type=int, metavar="N", help="only the first N examples of each label")
    parser.add_argument("--only", choices=sorted(NAMES), help="measure one side")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures; sides measured before are kept")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
