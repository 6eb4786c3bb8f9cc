"""One training run of Rasa, with what it says turned into progress lines and one sentence where it fails."""

from __future__ import annotations

import contextlib
import io
import logging
import os
import re
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import rasa.model_training
from rasa.engine.caching import CACHE_LOCATION_ENV
from rasa.shared.exceptions import RasaException

from bot.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator


def train(root: Path, output: Path, *, force: bool) -> Path:
    """Train from config.yml, domain.yml and data/ in ``root``; return the model's file in ``output``.

    Rasa's cache is kept beside ``output``. Raises ConfigurationError with one sentence if the training fails.
    """
    shutil.rmtree(output, ignore_errors=True)
    output.mkdir()
    os.environ.setdefault(CACHE_LOCATION_ENV, str(output.parent / ".cache"))
    said = io.StringIO()
    try:
        # To standard error go the bars of tqdm alone; the log keeps the stream that it was set up with.
        with (
            contextlib.chdir(root),
            _progress(),
            contextlib.redirect_stdout(said),
            contextlib.redirect_stderr(io.StringIO()),
        ):
            result = rasa.model_training.train(
                domain="domain.yml",
                config="config.yml",
                training_files="data",
                output=str(output),
                force_training=force,
            )
    except (Exception, SystemExit) as error:
        raise ConfigurationError(_sentence(error, said.getvalue())) from error
    if not result.model:
        raise ConfigurationError(_sentence(None, said.getvalue()))
    return Path(result.model)


def _sentence(error: BaseException | None, said: str) -> str:
    reason = _plain(said)
    if isinstance(error, Exception):
        cause = error.__cause__ if isinstance(error.__cause__, Exception) else error
        if isinstance(cause, ConfigurationError):
            return str(cause)
        if not isinstance(cause, RasaException):
            logging.getLogger(__name__).error("training failed", exc_info=error)
        reason = f"{type(cause).__name__}: {_plain(str(cause))}"
    return f"The training failed; mend config.yml, domain.yml or data/ and start again. Rasa says: {reason}"


def _plain(text: str) -> str:
    return " ".join(re.sub(r"\x1b\[[0-9;]*m", "", text).split())


class _Steps(logging.Handler):
    """Prints what Rasa is at, from its own log."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__(logging.DEBUG)
        self._stream = stream

    def emit(self, record: logging.LogRecord) -> None:
        said = record.getMessage()
        if record.levelno < logging.INFO:
            step = re.search(r"running '(\w+)\.process_training_data'", said)
            if not step:
                return
            said = f"{step[1]} reads the training data."
        print(f"training: {said}", flush=True, file=self._stream)


@contextlib.contextmanager
def _progress() -> Iterator[None]:
    steps = _Steps(sys.stdout)
    loggers = [logging.getLogger(f"rasa.engine.{part}") for part in ("graph", "training.hooks")]
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
        logger.addHandler(steps)
        logger.propagate = False
    try:
        yield
    finally:
        for logger in loggers:
            logger.setLevel(logging.NOTSET)
            logger.removeHandler(steps)
            logger.propagate = True
