"""Rasa component: spaCy's English tokenizer, and the entities that the lexicon names."""

from __future__ import annotations

from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.fingerprint import fingerprint_of
from bot.nlu.lexicon import LEXICON, find_named, language


@DefaultV1Recipe.register(
    [DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR],
    is_trainable=False,
)
class SpacyTokenizer(Tokenizer):
    """Tokens by ``spacy.blank("en")``; on messages of visitors also entities by the entity ruler."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return Rasa's options for tokenizers; intents are not split."""
        return {"intent_tokenization_flag": False, "intent_split_symbol": "_"}

    @staticmethod
    def required_packages() -> list[str]:
        """Return the packages that must be importable."""
        return ["spacy"]

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:  # noqa: ARG003 - Rasa's signature
        """Make Rasa train again when the lexicon changes."""
        return fingerprint_of(LEXICON)

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """Return the tokens of one attribute of a message."""
        return [
            Token(token.text, token.idx) for token in language().make_doc(message.get(attribute)) if not token.is_space
        ]

    def process(self, messages: list[Message]) -> list[Message]:
        """Add tokens and entities to messages of visitors."""
        for message in super().process(messages):
            if not message.get(TEXT):
                continue
            found = [
                {
                    "entity": named.kind,
                    "value": named.value,
                    "start": named.start,
                    "end": named.end,
                    "extractor": type(self).__name__,
                }
                for named in find_named(message.get(TEXT))
            ]
            message.set(ENTITIES, [*message.get(ENTITIES, []), *found], add_to_output=True)
        return messages
