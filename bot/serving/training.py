"""Trains the assistant's model when what it is made from has changed.

Hashes of all inputs, kept beside the model, decide whether there is anything to do; Rasa's own cache decides how much.
Rasa's dry run decides less: it misses a change of the responses, and of the modules that a component imports.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from bot.errors import ConfigurationError
from bot.serving.logs import quiet_rasa
from bot.settings import ROOT, Settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

KEPT_MODELS: Final = 2
# A change here goes into the fingerprint of Rasa's components.
_CONTENT: Final = ("config.yml", "domain.yml", "data")
# Of code, Rasa sees the source of the component's class alone; of packages, those alone that a component names.
_CODE: Final = ("bot/nlu", "requirements.lock")
_MARK: Final = "trained.json"


class Trainer(Protocol):
    """Trains a model from the project in ``root``."""

    def __call__(self, root: Path, output: Path, *, force: bool) -> Path:
        """Return the new model's file in ``output``; ``force`` passes Rasa's cache by.

        Raises ConfigurationError with one sentence if the training fails.
        """


@dataclass(frozen=True)
class Mark:
    """What the newest model was made from."""

    model: str
    content: str
    code: str


def ensure_model(settings: Settings, *, force: bool = False, root: Path = ROOT, trainer: Trainer | None = None) -> Path:
    """Return the model to serve, trained now if what it is made from has changed, or if ``force`` says so.

    Raises ConfigurationError if the training fails or the model folder cannot be written.
    """
    folder = settings.model_folder.resolve()
    content, code = hash_of(root, _CONTENT), hash_of(root, _CODE, str(settings.encoder_path))
    if not force and (model := _fresh(folder, content, code)):
        return model
    try:
        with alone(folder):
            mark = _read_mark(folder)
            if not force and (model := _fresh(folder, content, code)):  # trained by the process that was waited for
                return model
            say("the model is trained (the first time a few minutes) ...")
            started = time.monotonic()
            made = (trainer or _rasa)(root, folder / ".new", force=force or mark is None or mark.code != code)
            model = made.rename(folder / made.name)
            made.parent.rmdir()
            _write_mark(folder, Mark(model.name, content, code))
            _remove_old(folder, keep=model)
            say(f"done in {time.monotonic() - started:.0f} s: {model}")
            return model
    except OSError as error:
        raise unwritable(folder, error) from error


def unwritable(folder: Path, error: OSError) -> ConfigurationError:
    """Return the error that tells the operator that a model folder cannot be written."""
    return ConfigurationError(
        f"The model folder {folder} cannot be written ({error.strerror}); "
        "give this user write access or set MODEL_FOLDER to another folder."
    )


def _rasa(root: Path, output: Path, *, force: bool) -> Path:
    quiet_rasa()
    from bot.serving.rasa_training import train  # noqa: PLC0415 - Rasa's import takes 15 s

    return train(root, output, force=force)


def say(text: str) -> None:
    """Print a line of progress."""
    print(f"training: {text}", flush=True)  # noqa: T201 - progress of a command


def _fresh(folder: Path, content: str, code: str) -> Path | None:
    mark = _read_mark(folder)
    if mark and (mark.content, mark.code) == (content, code) and (folder / mark.model).is_file():
        return folder / mark.model
    return None


def _read_mark(folder: Path) -> Mark | None:
    try:
        return Mark(**json.loads((folder / _MARK).read_text()))
    except (OSError, ValueError, TypeError):
        return None


def _write_mark(folder: Path, mark: Mark) -> None:
    new = folder / f".{_MARK}"
    new.write_text(json.dumps(asdict(mark), indent=1))
    new.rename(folder / _MARK)


def _remove_old(folder: Path, keep: Path) -> None:
    models = sorted(folder.glob("*.tar.gz"), key=lambda model: (model == keep, model.stat().st_mtime), reverse=True)
    for model in models[KEPT_MODELS:]:
        model.unlink()


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold the lock of a model folder; another process that trains is waited for."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another process is training; waiting for it ...")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def hash_of(root: Path, names: Iterable[str], *more: str) -> str:
    """Return the SHA-256 of files and folders below ``root`` by their names and contents, and of further words."""
    digest = hashlib.sha256()
    for path in sorted(path for name in names for path in _files(root / name)):
        digest.update(f"{path.relative_to(root)}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    digest.update("\0".join(more).encode())
    return digest.hexdigest()


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
    for folder, folders, files in os.walk(path):
        folders[:] = [name for name in folders if name != "__pycache__" and not name.startswith(".")]
        yield from (Path(folder, name) for name in files if not name.startswith("."))
