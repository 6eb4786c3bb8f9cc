"""Rasa component: the message in plain words, its questions, its language, and the entities that it names."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu import cleanup
from bot.nlu.cleanup import NO_WORDS, shared_cleaner
from bot.nlu.fingerprint import fingerprint_of
from bot.nlu.language import language_of
from bot.nlu.lexicon import LEXICON, Named, find_named
from bot.nlu.sentences import parts_of

CLEAN_TEXT: Final = "clean_text"
PARTS: Final = "parts"


# Rasa lets only tokenizers and featurizers prepare the training data, so it is registered as one of them as well.
@DefaultV1Recipe.register(
    [DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR],
    is_trainable=False,
)
class PlainWords(GraphComponent, EntityExtractorMixin):
    """Cleans messages, splits them into questions and finds what they name."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],  # noqa: ARG003 - Rasa's signature
        model_storage: ModelStorage,  # noqa: ARG003 - Rasa's signature
        resource: Resource,  # noqa: ARG003 - Rasa's signature
        execution_context: ExecutionContext,  # noqa: ARG003 - Rasa's signature
    ) -> PlainWords:
        """Return the component; it has no options."""
        return cls()

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:  # noqa: ARG003 - Rasa's signature
        """Make Rasa train again when the lexicon or the clean-up changes."""
        return "".join(map(fingerprint_of, (LEXICON, cleanup.SPELLING, Path(cleanup.__file__))))

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Set the clean text of all examples."""
        for example in training_data.training_examples:
            if example.get(TEXT):
                example.set(CLEAN_TEXT, shared_cleaner().plain(example.get(TEXT)))
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Set clean text, questions, language and entities of visitors' messages."""
        for message in messages:
            text = message.get(TEXT)
            if not text:
                continue
            cleaned = shared_cleaner().clean(text)
            message.set(CLEAN_TEXT, cleaned.text or NO_WORDS, add_to_output=True)
            message.set("language", language_of(text), add_to_output=True)
            parts = [shared_cleaner().plain(part) for part in parts_of(text)]
            read = [{"text": part, "entities": [_entity(named) for named in find_named(part)]} for part in parts]
            message.set(PARTS, read if len(read) > 1 else [], add_to_output=True)
            found = []
            for named in find_named(cleaned.text):
                start, end = cleaned.original_span(named.start, named.end)
                found.append({**_entity(named), "start": start, "end": end, "extractor": type(self).__name__})
            message.set(ENTITIES, [*message.get(ENTITIES, []), *found], add_to_output=True)
        return messages


def _entity(named: Named) -> dict[str, Any]:
    return {"entity": named.kind, "value": named.value}
