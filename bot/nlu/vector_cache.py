"""Keeps the sentence vectors of training examples, so that training again after a small change takes seconds."""

from __future__ import annotations

import hashlib
import logging
import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bot.nlu.encoder import WIDTH, Array, SentenceEncoder

_log = logging.getLogger(__name__)
_REPORT_EVERY = 1024


def encode_with_cache(encoder: SentenceEncoder, texts: Sequence[str], file: Path, encoder_id: str) -> Array:
    """Return one vector a text, shape ``(len(texts), 384)``; only texts that ``file`` does not hold are encoded.

    The file then holds the vectors of just these texts. ``encoder_id`` changes when vectors would.
    """
    keys = _keys(texts, encoder_id)
    known = _read(file)
    missing = list({key: text for key, text in zip(keys, texts, strict=True) if key not in known}.items())
    for start in range(0, len(missing), _REPORT_EVERY):
        _log.info("sentence vectors: %d of %d examples are new, %d done", len(missing), len(texts), start)
        part = missing[start : start + _REPORT_EVERY]
        vectors = encoder.encode([text for _, text in part])
        known.update(zip((key for key, _ in part), vectors, strict=True))
    if missing:
        _write(file, {key: known[key] for key in keys})
    return np.stack([known[key] for key in keys]) if keys else np.zeros((0, WIDTH), dtype=np.float32)


def keep(texts: Sequence[str], vectors: Array, file: Path, encoder_id: str) -> None:
    """Let ``file`` hold these vectors, as if ``encode_with_cache`` had made them."""
    _write(file, dict(zip(_keys(texts, encoder_id), vectors, strict=True)))


def _keys(texts: Sequence[str], encoder_id: str) -> list[str]:
    return [hashlib.sha256(f"{encoder_id}\n{text}".encode()).hexdigest() for text in texts]


def _read(file: Path) -> dict[str, Array]:
    try:
        with np.load(file, allow_pickle=False) as stored:
            return dict(zip(stored["keys"].tolist(), stored["vectors"], strict=True))
    except (OSError, KeyError, ValueError, zipfile.BadZipFile):
        return {}  # missing or damaged: it is only a cache


def _write(file: Path, vectors: dict[str, Array]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_suffix(".unfinished.npz")
    np.savez(unfinished, keys=np.array(list(vectors)), vectors=np.stack(list(vectors.values())))
    unfinished.replace(file)
