"""The keys of contact data and what they have encrypted: encrypting it anew, and seeing that no key is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, select, tuple_, update
from sqlalchemy.exc import DBAPIError

from bot.errors import ConfigurationError
from bot.storage.base import Base
from bot.storage.encryption import KEY_ID_AT, KEY_ID_LENGTH, VERSION, cipher_of, sealed_of
from bot.storage.engine import Database, make_engine

if TYPE_CHECKING:
    from sqlalchemy import Column, Table
    from sqlalchemy.orm import Session

    from bot.settings import Settings
    from bot.storage.encryption import Cipher, Sealed

_AT_ONCE: Final = 200


def encrypted_columns() -> list[tuple[Table, Column, Sealed]]:
    """Return the columns with encrypted values of all tables that are known, in order of their names."""
    found = [
        (table, column, sealed)
        for table in Base.metadata.tables.values()
        for column in table.columns
        if (sealed := sealed_of(column)) is not None
    ]
    return sorted(found, key=lambda each: (each[0].name, each[1].name))


def rotate(database: Database, cipher: Cipher) -> dict[str, int]:
    """Encrypt anew what another than the first key has encrypted; return how many values, by table and column.

    A few hundred rows are one transaction, so that nobody waits long; where it is stopped half-way, it goes on at the
    next call. The program may run meanwhile, if it knows the same keys. Raises CannotDecrypt where a key is missing.
    """
    return {
        f"{table.name}.{column.name}": _rotate(database, cipher, table, column, sealed)
        for table, column, sealed in encrypted_columns()
    }


def check_keys(settings: Settings) -> None:
    """See that the keys are there for all that is stored. Raises ConfigurationError, naming CONTACT_KEYS, if not.

    A machine without CONTACT_KEYS makes a key of its own; where several share a database, this is how they notice.
    Where the database cannot be reached, there is nothing to see: whoever needs it says so.
    """
    cipher = cipher_of(settings)
    engine = make_engine(settings.database)
    try:
        with Database(engine).read() as session:
            missing = sorted(_key_ids(session) - set(cipher.key_ids))
    except (ConfigurationError, DBAPIError):
        return
    finally:
        engine.dispose()
    if missing:
        raise ConfigurationError(
            f"CONTACT_KEYS: what is stored was encrypted by the key {missing[0]}, and the keys here are "
            f"{', '.join(cipher.key_ids)}; set the keys of the machine that stored it, or restore its file contact-key."
        )


def _key_ids(session: Session) -> set[str]:
    found: set[str] = set()
    for _, column, sealed in encrypted_columns():
        value = column[sealed.inside].as_string() if sealed.inside else column
        ids = select(func.substr(value, KEY_ID_AT + 1, KEY_ID_LENGTH)).where(value.startswith(VERSION)).distinct()
        found |= set(session.execute(ids).scalars())
    return found


def _rotate(database: Database, cipher: Cipher, table: Table, column: Column, sealed: Sealed) -> int:
    count = 0
    after: tuple[Any, ...] | None = None
    while True:
        with database.write() as session:
            rows = _next(session, table, column, after)
            count += sum(_renewed(session, cipher, table, column, sealed, row) for row in rows)
        if not rows:
            return count
        after = tuple(rows[-1][:-1])


def _next(session: Session, table: Table, column: Column, after: tuple[Any, ...] | None) -> list[Any]:
    """Return the next rows in order of the primary key, each the key and the value."""
    keys = list(table.primary_key.columns)
    chosen = select(*keys, column).where(column.isnot(None)).order_by(*keys).limit(_AT_ONCE).with_for_update()
    if after is not None:
        chosen = chosen.where(tuple_(*keys) > after)
    return list(session.execute(chosen).all())


def _renewed(  # noqa: PLR0917 - where the value stands
    session: Session, cipher: Cipher, table: Table, column: Column, sealed: Sealed, row: Any
) -> bool:
    *key, value = row
    kept = value.get(sealed.inside) if sealed.inside else value
    if kept is None or cipher.is_current(kept):
        return False
    text = cipher.decrypt(kept)
    renewed = cipher.encrypt(text)
    values: dict[str, Any] = {column.name: {**value, sealed.inside: renewed} if sealed.inside else renewed}
    if sealed.hash_column:
        values[sealed.hash_column] = cipher.keyed_hash(text)
    where = [part == its for part, its in zip(table.primary_key.columns, key, strict=True)]
    session.execute(update(table).where(*where).values(**values))
    return True
