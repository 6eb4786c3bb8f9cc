"""Rasa component: the sentence encoder as a dense featurizer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.nlu.tokenizers.tokenizer import Tokenizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu import encoder
from bot.nlu.fingerprint import fingerprint_of
from bot.nlu.vector_cache import encode_with_cache
from bot.settings import load_settings


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceEncoderFeaturizer(DenseFeaturizer, GraphComponent):
    """One vector of 384 numbers a message, by all-MiniLM-L6-v2."""

    def __init__(self, name: str, config: dict[str, Any]) -> None:
        super().__init__(name, config)
        self._encoder = encoder.shared_encoder(load_settings().encoder_path)

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,  # noqa: ARG003 - Rasa's signature
        resource: Resource,  # noqa: ARG003 - Rasa's signature
        execution_context: ExecutionContext,
    ) -> SentenceEncoderFeaturizer:
        """Return the featurizer; the weights come from the installed package, not from the model."""
        return cls(execution_context.node_name, config)

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return Rasa's options for dense featurizers."""
        return DenseFeaturizer.get_default_config()

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Accept any configuration: there are no options of our own."""

    @classmethod
    def required_components(cls) -> list[type]:
        """Return what must come before in the pipeline."""
        return [Tokenizer]

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:  # noqa: ARG003 - Rasa's signature
        """Make Rasa train again when the encoder or its weights change."""
        return _encoder_id()

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Add vectors to all training examples, new ones only being computed."""
        examples = [example for example in training_data.training_examples if example.get(TEXT)]
        texts = [example.get(TEXT) for example in examples]
        self._add(examples, encode_with_cache(self._encoder, texts, _cache_file(), _encoder_id()))
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Add vectors to messages."""
        with_text = [message for message in messages if message.get(TEXT)]
        self._add(with_text, self._encoder.encode([message.get(TEXT) for message in with_text]))
        return messages

    def _add(self, messages: list[Message], vectors: encoder.Array) -> None:
        for message, vector in zip(messages, vectors, strict=True):
            self.add_features_to_message(None, vector.reshape(1, -1), TEXT, message)


def _encoder_id() -> str:
    return fingerprint_of(Path(encoder.__file__)) + encoder.WEIGHTS_SHA256 + str(load_settings().encoder_path)


def _cache_file() -> Path:
    return load_settings().model_folder / ".cache" / "sentence-vectors.npz"
