"""Rasa component: what a message is about, over all topics at once.

``bot.nlu.topic_model`` gives calibrated probabilities of the full labels (``faq/rfa``, ``not_in_source/risks``), and
``bot.nlu.decision`` chooses by them. Rasa sees an intent (``faq``) and, for retrieval intents, what a response
selector would say; ``nlu_fallback`` where it is better to ask.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.nlu.constants import INTENT, INTENT_RESPONSE_KEY, METADATA, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu import folds, topic_model
from bot.nlu.decision import decide, intents_of, topics_of
from bot.nlu.encoder import Array
from bot.nlu.fingerprint import fingerprint_of
from bot.nlu.labels import FALLBACK, MAY_ALARM, RED_FLAGS, intent_of
from bot.nlu.plain_words import CLEAN_TEXT, PARTS
from bot.nlu.reading_order import whole_from_parts
from bot.nlu.result_cache import made_once
from bot.nlu.sentence_encoder import PART_VECTORS
from bot.nlu.topic_model import Options, Probabilities, TopicModel
from bot.settings import load_settings

_FILE: Final = "topics.skops"
_LABELS_KEPT: Final = 24  # labels of a message that the dialogue gets to see
_LEAST: Final = 0.0005


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class TopicClassifier(GraphComponent, IntentClassifier):
    """Understands a message as one of the labels, or as none of them."""

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._model: TopicModel | None = None

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the options: those of the topic model, and ``ranking``, how many topics and intents are reported."""
        options = Options()
        return {
            "ngram_weight": options.ngram_weight,
            "c": options.c,
            "epochs": options.epochs,
            "seed": options.seed,
            "ranking": 5,
        }

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,  # noqa: ARG003 - Rasa's signature
    ) -> TopicClassifier:
        """Return an untrained classifier."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,  # noqa: ARG003 - Rasa's signature
        **kwargs: Any,  # noqa: ARG003 - Rasa's signature
    ) -> TopicClassifier:
        """Return the trained classifier of a model."""
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            component._model = TopicModel.load(folder / _FILE, component._options())
        return component

    @classmethod
    def required_components(cls) -> list[type]:
        """Return what must come before in the pipeline."""
        return [Featurizer]

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:  # noqa: ARG003 - Rasa's signature
        """Make Rasa train again when the model's code changes."""
        return _code()

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from the examples and store the result in the model."""
        examples = [example for example in training_data.intent_examples if example.get(CLEAN_TEXT)]
        texts = [example.get(CLEAN_TEXT) for example in examples]
        labels = [example.get(INTENT_RESPONSE_KEY) or example.get(INTENT) for example in examples]
        vectors = np.vstack([_sentence_vector(example) for example in examples])
        options = self._options()
        self._model = made_once(
            load_settings().cache_folder,
            "topics",
            [dataclasses.asdict(options), texts, labels, hashlib.sha256(vectors.tobytes()).hexdigest(), _code()],
            make=lambda: TopicModel.trained(texts, vectors, labels, options),
            save=TopicModel.save,
            load=lambda file: TopicModel.load(file, options),
        )
        with self._model_storage.write_to(self._resource) as folder:
            self._model.save(folder / _FILE)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Set intent, ranking, response selector, topics and labels on messages, and labels on their questions."""
        for message in messages:
            if message.features and message.get(CLEAN_TEXT) and self._model is not None:
                self._understand(message, self._model)
        return messages

    def _options(self) -> Options:
        return Options(
            ngram_weight=self._config["ngram_weight"],
            c=self._config["c"],
            epochs=self._config["epochs"],
            seed=self._config["seed"],
        )

    def _understand(self, message: Message, model: TopicModel) -> None:
        parts = message.get(PARTS) or []
        vectors = np.vstack([_sentence_vector(message), message.get(PART_VECTORS)])
        rows = model.probabilities([message.get(CLEAN_TEXT), *(part["text"] for part in parts)], vectors)
        if not (message.get(METADATA) or {}).get(MAY_ALARM, True):
            rows = _without_red_flags(rows, model.labels)
        row = whole_from_parts(rows[0], rows[1:], [part["text"] for part in parts])
        labels = dict(zip(model.labels, map(float, row), strict=True))
        message.set(
            PARTS,
            [
                {**part, "labels": _kept(dict(zip(model.labels, map(float, own), strict=True)))}
                for part, own in zip(parts, rows[1:], strict=True)
            ],
            add_to_output=True,
        )
        decision = decide(labels)
        label = decision.label or max(labels, key=labels.__getitem__)
        topics = _first(topics_of(labels), self._config["ranking"])
        message.set("labels", _kept(labels), add_to_output=True)
        message.set("label", label, add_to_output=True)
        message.set(
            "topics",
            [{"topic": topic, "confidence": round(value, 4)} for topic, value in topics.items()],
            add_to_output=True,
        )
        intents = _first(intents_of(labels), self._config["ranking"])
        intent = intent_of(label) if decision.label else FALLBACK
        message.set("intent", {"name": intent, "confidence": intents_of(labels)[intent_of(label)]}, add_to_output=True)
        message.set(
            "intent_ranking",
            [{"name": name, "confidence": value} for name, value in intents.items()],
            add_to_output=True,
        )
        message.set("response_selector", _selected(label, labels[label]), add_to_output=True)


def _without_red_flags(rows: Probabilities, labels: Sequence[str]) -> Probabilities:
    """Return the probabilities of a message that is none: those of the other labels, made up to 1."""
    others = rows * [intent_of(label) not in RED_FLAGS for label in labels]
    whole: Probabilities = others / np.maximum(others.sum(axis=1, keepdims=True), 1e-9)
    return whole


def _code() -> str:
    return fingerprint_of(Path(topic_model.__file__)) + fingerprint_of(Path(folds.__file__))


def _sentence_vector(message: Message) -> Array:
    _, sentence = message.get_dense_features(TEXT, [])
    vector: Array = sentence.features
    return vector


def _kept(labels: dict[str, float]) -> list[dict[str, Any]]:
    kept = {label: value for label, value in _first(labels, _LABELS_KEPT).items() if value >= _LEAST}
    return [{"label": label, "confidence": round(value, 4)} for label, value in kept.items()]


def _first(values: dict[str, float], count: int) -> dict[str, float]:
    return dict(sorted(values.items(), key=lambda item: -item[1])[:count])


def _selected(label: str, confidence: float) -> dict[str, Any]:
    """Return what Rasa's ResponseSelector would: the response of the label, for the action ``utter_<intent>``."""
    intent = intent_of(label)
    if intent == label:
        return {}
    prediction = {
        "id": label,
        "responses": [],
        "confidence": confidence,
        "intent_response_key": label,
        "utter_action": f"utter_{label}",
    }
    ranking = [{"id": label, "confidence": confidence, "intent_response_key": label}]
    return {"all_retrieval_intents": [intent], intent: {"response": prediction, "ranking": ranking}}
