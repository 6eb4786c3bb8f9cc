"""Rasa component: spaCy's English tokenizer."""

from __future__ import annotations

import re
from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.lexicon import language

# spaCy's tokenizer takes time by the square of a run of signs, so it gets runs of 80 at most.
_PIECE = re.compile(r"(?:\S{1,80}\s+)+|\S{1,80}")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class SpacyTokenizer(Tokenizer):
    """Tokens by ``spacy.blank("en")``."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return Rasa's options for tokenizers; intents are not split."""
        return {"intent_tokenization_flag": False, "intent_split_symbol": "_"}

    @staticmethod
    def required_packages() -> list[str]:
        """Return the packages that must be importable."""
        return ["spacy"]

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """Return the tokens of one attribute of a message."""
        return [
            Token(token.text, piece.start() + token.idx)
            for piece in _PIECE.finditer(message.get(attribute))
            for token in language().make_doc(piece.group())
            if not token.is_space
        ]
