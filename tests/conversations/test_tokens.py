import base64
import hashlib

from sqlalchemy import select

from bot.conversations.models import ConversationRow
from bot.conversations.tokens import new_token, token_hash


def test_a_token_has_256_bits():
    assert len(base64.urlsafe_b64decode(new_token() + "=")) == 32


def test_no_two_tokens_are_the_same():
    assert len({new_token() for _ in range(1000)}) == 1000


def test_the_hash_is_sha_256_in_hexadecimal():
    assert token_hash("abc") == hashlib.sha256(b"abc").hexdigest()


def test_any_text_has_a_hash():
    assert len(token_hash("\ud800\x00")) == 64


def test_the_token_is_stored_only_as_its_hash(log, database):
    _, token = log.start("web")
    with database.read() as session:
        row = session.execute(select(ConversationRow.__table__)).one()
    assert row.token_hash == token_hash(token)
    assert token not in str(tuple(row))
