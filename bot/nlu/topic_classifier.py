"""Rasa component: which topic a message is about, over all topics at once.

A linear classifier (multinomial logistic regression) on the sentence vector beside word and character n-grams. It
learns the full labels (``faq/rfa``, ``not_in_source/risks``), adds their probabilities up to topics, takes the
likeliest topic and in it the likeliest label. Rasa sees an intent (``faq``) and, for retrieval intents, what a
response selector would say.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse
import skops.io
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.nlu.constants import INTENT, INTENT_RESPONSE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from bot.knowledge.catalogue import load_catalogue
from bot.nlu.labels import FALLBACK, intent_of, topic_of

_FILE = "topics.skops"
# skops loads only what it is told to trust, and does not know this class, in which SciPy keeps the n-gram weights.
_TRUSTED = ["scipy.sparse._csr.csr_matrix"]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class TopicClassifier(GraphComponent, IntentClassifier):
    """Understands a message as one of the topics, or as none of them."""

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._words = TfidfVectorizer(ngram_range=(1, 2), min_df=3, sublinear_tf=True, dtype=np.float32)
        self._characters = TfidfVectorizer(
            analyzer="char_wb", ngram_range=(3, 5), min_df=5, sublinear_tf=True, dtype=np.float32
        )
        self._model: LogisticRegression | None = None
        self._answers = load_catalogue().answers

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the options.

        ``ngram_weight``: of the n-grams beside the sentence vector; ``C``, ``epochs``, ``seed``: of the regression;
        ``threshold``: below this probability nothing is understood; ``caution``: how many times as likely as anything
        else an answer must be, because a wrong answer is worse than a refusal; ``ranking``: topics that are reported.
        """
        return {
            "ngram_weight": 0.7,
            "C": 10.0,
            "epochs": 15,
            "seed": 7,
            "threshold": 0.2,
            "caution": 2.0,
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
            component._words, component._characters, component._model = skops.io.load(folder / _FILE, trusted=_TRUSTED)
        return component

    @classmethod
    def required_components(cls) -> list[type]:
        """Return what must come before in the pipeline."""
        return [Featurizer]

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from the examples and store the result in the model."""
        examples = [example for example in training_data.intent_examples if example.get(TEXT)]
        texts = [example.get(TEXT) for example in examples]
        labels = [example.get(INTENT_RESPONSE_KEY) or example.get(INTENT) for example in examples]
        self._words.fit(texts)
        self._characters.fit(texts)
        # A fixed number of passes: after 12 the held-out accuracy no longer moves.
        self._model = LogisticRegression(
            solver="saga",
            C=self._config["C"],
            max_iter=self._config["epochs"],
            tol=0.0,
            random_state=self._config["seed"],
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            self._model.fit(self._features(examples), labels)
        with self._model_storage.write_to(self._resource) as folder:
            skops.io.dump((self._words, self._characters, self._model), folder / _FILE)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Set intent, ranking, response selector and topics on messages."""
        with_text = [message for message in messages if message.features]
        if with_text and self._model is not None:
            for message, probabilities in zip(
                with_text, self._model.predict_proba(self._features(with_text)), strict=True
            ):
                self._understand(message, dict(zip(self._model.classes_, map(float, probabilities), strict=True)))
        return messages

    def _features(self, messages: list[Message]) -> scipy.sparse.csr_matrix:
        texts = [message.get(TEXT) for message in messages]
        vectors = np.vstack([_sentence_vector(message) for message in messages])
        weight = self._config["ngram_weight"]
        return scipy.sparse.hstack(
            [
                scipy.sparse.csr_matrix(vectors),
                self._words.transform(texts) * weight,
                self._characters.transform(texts) * weight,
            ],
            format="csr",
            dtype=np.float32,
        )

    def _understand(self, message: Message, labels: dict[str, float]) -> None:
        topics: dict[str, float] = {}
        for label, probability in labels.items():
            topics[topic_of(label)] = topics.get(topic_of(label), 0.0) + probability
        ranked = sorted(topics.items(), key=lambda item: -item[1])[: self._config["ranking"]]
        topic = max(topics, key=lambda name: topics[name] / (self._config["caution"] if name in self._answers else 1.0))
        confidence = topics[topic]
        label = max((name for name in labels if topic_of(name) == topic), key=labels.__getitem__)
        understood = confidence >= self._config["threshold"]
        intents: dict[str, float] = {}
        for name, probability in labels.items():
            intents[intent_of(name)] = intents.get(intent_of(name), 0.0) + probability
        ranking = [
            {"name": name, "confidence": value} for name, value in sorted(intents.items(), key=lambda item: -item[1])
        ]
        intent = intent_of(label) if understood else FALLBACK
        message.set("intent", {"name": intent, "confidence": confidence}, add_to_output=True)
        message.set("intent_ranking", ranking[: self._config["ranking"]], add_to_output=True)
        message.set(
            "topics", [{"topic": name, "confidence": round(value, 4)} for name, value in ranked], add_to_output=True
        )
        message.set("label", label, add_to_output=True)
        message.set("response_selector", _selected(label, labels[label]), add_to_output=True)


def _sentence_vector(message: Message) -> npt.NDArray[np.float32]:
    _, sentence = message.get_dense_features(TEXT, [])
    vector: npt.NDArray[np.float32] = sentence.features
    return vector


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
