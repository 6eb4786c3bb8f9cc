"""Alembic's entry: runs the migrations on the connection that bot.storage.migrate hands over.

A new revision, against the database of the settings: ``alembic revision --autogenerate -m "what changes"``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from alembic import context

import bot.booking.models
import bot.console.models
import bot.conversations.models
import bot.notices.models
import bot.sms.models
import bot.staff.models  # noqa: F401 - a room's tables are known once it is imported
from bot.settings import load_settings
from bot.storage.base import Base
from bot.storage.engine import make_engine
from bot.storage.migrate import migrating
from bot.storage.types import UtcDateTime, Words

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

_PLAIN = {UtcDateTime: "sa.DateTime(timezone=True)", Words: "sa.Text()"}


def plain_type(kind: str, item: Any, _autogenerate: Any) -> str | Literal[False]:
    """Return our column types as the plain ones, so that an old revision does not depend on today's code."""
    return _PLAIN.get(type(item), False) if kind == "type" else False


def is_ours_to_compare(name: str | None, kind: str, _parents: Any) -> bool:
    """Tell whether a table is one of the models. The index of all words is not: each database has its own kind."""
    return kind != "table" or not (name or "").startswith("message_words")


def run(connection: Connection) -> None:
    """Run the migrations on the connection."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        render_item=plain_type,
        include_name=is_ours_to_compare,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    with migrating(make_engine(load_settings().database)) as own:
        run(own)
