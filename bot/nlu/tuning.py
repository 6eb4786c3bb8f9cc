"""Tunes the upper layers of the sentence encoder to the labels of the training examples.

The lower layers stay as they are, so what they make of each example is computed once. Supervised contrastive in effect:
examples of one label are drawn towards one direction and away from those of the others (cosine softmax with label
smoothing). TensorFlow computes the gradients; answering needs NumPy alone.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bot.nlu.encoder import HEADS, LAYERS, WIDTH, Array, SentenceEncoder, padded

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Tuning:
    """How to tune: the first layer that moves, passes over the examples, and the usual knobs."""

    first_layer: int = 2
    epochs: int = 2
    batch: int = 64
    learning_rate: float = 1e-4
    head_learning_rate: float = 2e-3
    scale: float = 16.0
    smoothing: float = 0.1
    dropout: float = 0.1
    warm_up: float = 0.1
    seed: int = 7


def tune(encoder: SentenceEncoder, states: Sequence[Array], labels: Sequence[str], options: Tuning) -> dict[str, Array]:
    """Return new weights for the layers from ``options.first_layer`` on.

    ``states``: what the layers below have made of each example (``SentenceEncoder.states``).
    """
    import tensorflow as tf  # noqa: PLC0415 - heavy, and needed in training alone

    tf.keras.utils.set_random_seed(options.seed)
    rng = np.random.default_rng(options.seed)
    names = sorted(set(labels))
    numbers = np.array([names.index(label) for label in labels], dtype=np.int32)
    network = _Network(tf, encoder.weights_from(options.first_layer), len(names), options)
    lengths = np.array([len(state) for state in states])
    steps = options.epochs * -(-len(states) // options.batch)
    step = 0
    for epoch in range(options.epochs):
        # Batches of like length, but not always of the same examples.
        order = np.argsort(lengths + rng.normal(scale=3.0, size=len(lengths)), kind="stable")
        batches = np.array_split(order, -(-len(order) // options.batch))
        rng.shuffle(batches)
        losses = []
        started = time.monotonic()
        for rows in batches:
            share = step / steps
            pace = min(share / options.warm_up, (1.0 - share) / (1.0 - options.warm_up))
            hidden, mask = padded([states[row] for row in rows])
            losses.append(network.step(hidden, mask, numbers[rows], max(pace, 0.01)))
            step += 1
        _log.info(
            "tuning the encoder: pass %d of %d took %.0f s, loss %.3f",
            epoch + 1,
            options.epochs,
            time.monotonic() - started,
            float(np.mean(losses)),
        )
    return network.weights()


class _Network:
    """The upper layers and a cosine classifier above them, as TensorFlow variables."""

    def __init__(self, tf: Any, weights: dict[str, Array], labels: int, options: Tuning) -> None:
        self._tf = tf
        self._options = options
        self._labels = labels
        self._variables = {name: tf.Variable(weight) for name, weight in weights.items()}
        self._head = tf.Variable(tf.random.normal((WIDTH, labels), stddev=0.05, seed=options.seed))
        self._optimizer = tf.keras.optimizers.Adam(options.learning_rate)
        self._head_optimizer = tf.keras.optimizers.Adam(options.head_learning_rate)
        shapes = [((None, None, WIDTH), tf.float32), ((None, None), tf.float32), ((None,), tf.int32)]
        self._compiled = tf.function(
            self._step, input_signature=[tf.TensorSpec(*shape) for shape in shapes], autograph=False
        )

    def step(self, hidden: Array, mask: Array, labels: Any, pace: float) -> float:
        """Learn from one batch at ``pace`` times the learning rate; return the loss."""
        self._optimizer.learning_rate.assign(self._options.learning_rate * pace)
        return float(self._compiled(hidden, mask, labels))

    def weights(self) -> dict[str, Array]:
        """Return the layers' weights."""
        return {name: variable.numpy() for name, variable in self._variables.items()}

    def _step(self, hidden: Any, mask: Any, labels: Any) -> Any:
        tf = self._tf
        variables = list(self._variables.values())
        with tf.GradientTape() as tape:
            vectors = self._vectors(hidden, mask)
            scores = tf.matmul(vectors, tf.math.l2_normalize(self._head, 0)) * self._options.scale
            loss = tf.reduce_mean(
                tf.keras.losses.categorical_crossentropy(
                    tf.one_hot(labels, self._labels),
                    scores,
                    from_logits=True,
                    label_smoothing=self._options.smoothing,
                )
            )
        gradients, _ = tf.clip_by_global_norm(tape.gradient(loss, [*variables, self._head]), 1.0)
        self._optimizer.apply_gradients(zip(gradients[:-1], variables, strict=True))
        self._head_optimizer.apply_gradients([(gradients[-1], self._head)])
        return loss

    def _vectors(self, hidden: Any, mask: Any) -> Any:
        tf = self._tf
        ignored = ((1.0 - mask) * -1e9)[:, None, None, :]
        for number in range(self._options.first_layer, LAYERS):
            hidden = self._layer(hidden, ignored, f"encoder.layer.{number}")
        pooled = tf.reduce_sum(hidden * mask[:, :, None], 1) / tf.reduce_sum(mask, 1, keepdims=True)
        return tf.math.l2_normalize(pooled, -1)

    def _layer(self, hidden: Any, ignored: Any, name: str) -> Any:
        tf = self._tf
        length = tf.shape(hidden)[1]

        def heads(part: str) -> Any:
            projected = self._linear(hidden, f"{name}.attention.self.{part}")
            return tf.transpose(tf.reshape(projected, (-1, length, HEADS, WIDTH // HEADS)), (0, 2, 1, 3))

        scores = tf.matmul(heads("query"), heads("key"), transpose_b=True) / float(np.sqrt(WIDTH // HEADS))
        attention = self._dropped(tf.nn.softmax(scores + ignored))
        context = tf.reshape(tf.transpose(tf.matmul(attention, heads("value")), (0, 2, 1, 3)), (-1, length, WIDTH))
        attended = self._dropped(self._linear(context, f"{name}.attention.output.dense"))
        hidden = self._norm(hidden + attended, f"{name}.attention.output.LayerNorm")
        inner = tf.nn.gelu(self._linear(hidden, f"{name}.intermediate.dense"))
        outer = self._dropped(self._linear(inner, f"{name}.output.dense"))
        return self._norm(hidden + outer, f"{name}.output.LayerNorm")

    def _dropped(self, values: Any) -> Any:
        return self._tf.nn.dropout(values, self._options.dropout, seed=self._options.seed)

    def _linear(self, values: Any, name: str) -> Any:
        weight, bias = self._variables[f"{name}.weight"], self._variables[f"{name}.bias"]
        return self._tf.tensordot(values, weight, [[2], [1]]) + bias

    def _norm(self, values: Any, name: str) -> Any:
        tf = self._tf
        mean, variance = tf.nn.moments(values, -1, keepdims=True)
        scaled = (values - mean) * tf.math.rsqrt(variance + 1e-12)
        return scaled * self._variables[f"{name}.weight"] + self._variables[f"{name}.bias"]
