"""Trains the second line of triage when what it is made from has changed."""

from __future__ import annotations

import shutil
import time
from typing import TYPE_CHECKING, Final

from bot.serving.training import alone, hash_of, say, unwritable
from bot.settings import ROOT

if TYPE_CHECKING:
    from bot.settings import Settings

# What it is made from, and the code that reads it.
_INPUTS: Final = (
    "bot/safety/examples",
    "bot/safety/rules.yml",
    "bot/safety/sentences.py",
    "bot/safety/words.py",
    "bot/safety/learning.py",
    "bot/nlu/cleanup.py",
    "bot/nlu/spelling.yml",
    "bot/nlu/lexicon.yml",
    "bot/nlu/encoder.py",
    "bot/nlu/quick_encoder.py",
    "bot/nlu/topic_model.py",
    "bot/knowledge/source.txt",
    "data/nlu.yml",
)
_MARK: Final = "made-from"


def ensure_triage(settings: Settings) -> None:
    """See that what triage has learned is there and up to date; training takes one to two minutes.

    Raises ConfigurationError if the model folder cannot be written.
    """
    folder = settings.triage_folder.resolve()
    made_from = hash_of(ROOT, _INPUTS, str(settings.encoder_path))

    def fresh() -> bool:
        mark = folder / _MARK
        return mark.is_file() and mark.read_text() == made_from

    if fresh():
        return
    try:
        with alone(folder.parent):
            if fresh():  # trained by the process that was waited for
                return
            say("triage learns to tell emergencies (one to two minutes) ...")
            started = time.monotonic()
            unfinished = folder.with_name(".new-triage")
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir()
            from bot.nlu.encoder import SentenceEncoder  # noqa: PLC0415 - heavy, and seldom needed
            from bot.safety.learning import learn  # noqa: PLC0415 - as above

            learn(SentenceEncoder(settings.encoder_path), unfinished, say)
            (unfinished / _MARK).write_text(made_from)
            shutil.rmtree(folder, ignore_errors=True)
            unfinished.rename(folder)
            say(f"triage is trained in {time.monotonic() - started:.0f} s")
    except OSError as error:
        raise unwritable(folder, error) from error
