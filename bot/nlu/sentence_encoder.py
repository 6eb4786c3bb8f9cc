"""Rasa component: the sentence encoder as a dense featurizer, its upper layers tuned to the training examples."""

from __future__ import annotations

import dataclasses
import hashlib
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.nlu.constants import INTENT, INTENT_RESPONSE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from safetensors.numpy import load_file, save_file

from bot.nlu import encoder, tuning
from bot.nlu.fingerprint import fingerprint_of
from bot.nlu.folds import held_out
from bot.nlu.plain_words import CLEAN_TEXT, PARTS
from bot.nlu.result_cache import made_once
from bot.nlu.vector_cache import encode_with_cache, keep
from bot.settings import load_settings

PART_VECTORS = "part_vectors"
_FILE = "upper-layers.safetensors"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class SentenceEncoderFeaturizer(DenseFeaturizer, GraphComponent):
    """One vector of 384 numbers a message, by all-MiniLM-L6-v2 with upper layers of its own."""

    def __init__(self, name: str, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        super().__init__(name, config)
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._encoder = encoder.shared_encoder(load_settings().encoder_path)
        self._id = _encoder_id()

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceEncoderFeaturizer:
        """Return the featurizer before tuning."""
        return cls(execution_context.node_name, config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,  # noqa: ARG003 - Rasa's signature
    ) -> SentenceEncoderFeaturizer:
        """Return the tuned featurizer of a model; the lower layers come from the installed package."""
        featurizer = cls(execution_context.node_name, config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            if (folder / _FILE).is_file():
                featurizer._use(load_file(folder / _FILE))
        return featurizer

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return Rasa's options for dense featurizers, and how to tune; ``epochs: 0`` leaves the encoder as it is."""
        chosen = tuning.Tuning()
        return {
            **DenseFeaturizer.get_default_config(),
            "epochs": chosen.epochs,
            "first_layer": chosen.first_layer,
            "learning_rate": chosen.learning_rate,
            "seed": chosen.seed,
        }

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Accept any configuration: the options are read by name."""

    @classmethod
    def required_components(cls) -> list[type]:
        """Return what must come before in the pipeline."""
        return [Tokenizer]

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:  # noqa: ARG003 - Rasa's signature
        """Make Rasa train again when the encoder, its weights or the tuning change."""
        return _encoder_id() + fingerprint_of(Path(tuning.__file__))

    def train(self, training_data: TrainingData) -> Resource:
        """Tune the upper layers on the examples, but for those that calibrate the classifier."""
        examples = _with_text(training_data.training_examples)
        texts = [example.get(CLEAN_TEXT) for example in examples]
        labels = [example.get(INTENT_RESPONSE_KEY) or example.get(INTENT) for example in examples]
        options = tuning.Tuning(
            epochs=self._config["epochs"],
            first_layer=self._config["first_layer"],
            learning_rate=self._config["learning_rate"],
            seed=self._config["seed"],
        )
        if not options.epochs:
            return self._resource
        weights = made_once(
            load_settings().cache_folder,
            "upper-layers",
            [self._id, dataclasses.asdict(options), texts, labels],
            make=lambda: self._tuned(texts, labels, options),
            save=save_file,
            load=load_file,
        )
        self._use(weights)
        with self._model_storage.write_to(self._resource) as folder:
            save_file(weights, folder / _FILE)
        return self._resource

    def _tuned(self, texts: list[str], labels: list[str | None], options: tuning.Tuning) -> dict[str, encoder.Array]:
        states = self._encoder.states(texts, options.first_layer)
        learnt = [index for index, text in enumerate(texts) if labels[index] and not held_out(text)]
        weights = tuning.tune(
            self._encoder, [states[index] for index in learnt], [str(labels[index]) for index in learnt], options
        )
        tuned = self._encoder.with_weights(weights)
        keep(texts, tuned.finish(states, options.first_layer), _cache_file(), _id_of(weights))
        return weights

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Add vectors to all training examples."""
        examples = _with_text(training_data.training_examples)
        texts = [example.get(CLEAN_TEXT) for example in examples]
        self._add(examples, encode_with_cache(self._encoder, texts, _cache_file(), self._id))
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Add vectors to messages, and to the questions in them."""
        for message in _with_text(messages):
            parts = [part["text"] for part in message.get(PARTS) or []]
            vectors = self._encoder.encode([message.get(CLEAN_TEXT), *parts])
            self._add([message], vectors[:1])
            message.set(PART_VECTORS, vectors[1:])
        return messages

    def _use(self, weights: dict[str, encoder.Array]) -> None:
        self._encoder = self._encoder.with_weights(weights)
        self._id = _id_of(weights)

    def _add(self, messages: list[Message], vectors: encoder.Array) -> None:
        for message, vector in zip(messages, vectors, strict=True):
            self.add_features_to_message(None, vector.reshape(1, -1), TEXT, message)


def _with_text(messages: list[Message]) -> list[Message]:
    return [message for message in messages if message.get(CLEAN_TEXT)]


def _encoder_id() -> str:
    return fingerprint_of(Path(encoder.__file__)) + encoder.WEIGHTS_SHA256 + str(load_settings().encoder_path)


def _id_of(weights: dict[str, encoder.Array]) -> str:
    digest = hashlib.sha256()
    for name in sorted(weights):
        digest.update(weights[name].tobytes())
    return _encoder_id() + digest.hexdigest()


def _cache_file() -> Path:
    return load_settings().cache_folder / "sentence-vectors.npz"
