"""How long the console's search takes among many messages: ``python -m bench.search [--messages 1000000] [URL]``.

Without an address of a database, it makes a SQLite file and removes it. With one, the database must be empty, or filled
by an earlier run (``--filled``).
"""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
from sqlalchemy import text
from ulid import ULID

from bot.booking.book import Book
from bot.console.filters import Filters
from bot.console.overview import Overview
from bot.console.search import Search
from bot.settings import Settings
from bot.storage.encryption import Cipher
from bot.storage.engine import Database, make_engine
from bot.storage.migrate import upgrade

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

PER_CONVERSATION: Final = 10
_AT_A_TIME: Final = 2_000  # conversations
_BEGAN: Final = datetime(2025, 1, 1, tzinfo=UTC)
# Each with how likely a message has it: from words that half of the conversations have to one in a million.
WORDS: Final = {
    "pain": 0.3,
    "surgery": 0.15,
    "injection": 0.05,
    "stimulator": 0.02,
    "numbness": 0.005,
    "xylophone": 2e-5,
}
TOPICS: Final = ("rfa", "rfa_duration", "scs_effectiveness", "not_in_source", "talk_to_human", "fbss")
KINDS: Final = ("answer", "answer", "answer", "clarify", "refusal", "handoff", "fallback", "booking")
_COMMON: Final = (
    *("the", "my", "back", "after", "since", "leg", "it", "and", "i", "have", "been", "with", "for", "a", "month"),
    *("doctor", "said", "that", "can", "you", "tell", "me", "how", "long", "does", "nerve", "feel", "night", "sleep"),
    *("walk", "sit", "what", "is", "treatment", "help", "risk", "better", "worse", "left", "right", "lower", "spine"),
)
_BY_TEXT, _IN_SPANISH, _RATED, _HELPFUL, _QUEUED = 0.1, 0.03, 0.01, 0.7, 0.1  # shares
QUERIES: Final[tuple[dict[str, str], ...]] = (
    {},
    {"words": "pain"},
    {"words": "pain surgery"},
    {"words": "inject"},
    {"words": "xylophone"},
    {"words": "xylophone pain"},
    {"words": "stimulator numbness", "channel": "sms"},
    {"words": "pain", "channel": "sms", "language": "es"},
    {"words": "pain", "topic": "rfa_duration", "below": "0.3"},
    {"words": "surgery", "queue": "thumbs_down"},
    {"words": "pain", "since": "2025-06-01", "until": "2025-06-02"},
    {"topic": "fbss", "kind": "fallback"},
    {"kind": "handoff", "channel": "sms"},
    {"rating": "down"},
    {"queue": "low_confidence", "below": "0.3"},
    {"flag": "crisis"},
    {"staff": "nobody"},
    {"since": "2025-03-01", "until": "2025-03-01"},
    {"language": "es", "below": "0.3", "queue": "person"},
    {"words": "wordthatnobodysaid"},
)


@click.command()
@click.argument("url", default="")
@click.option("--messages", default=1_000_000, show_default=True)
@click.option("--filled", is_flag=True, help="The database was filled by an earlier run.")
@click.option("--rounds", default=10, show_default=True, help="How often each search is done.")
def main(url: str, messages: int, rounds: int, *, filled: bool) -> None:
    """Fill a database with invented messages, and print how long searches take."""
    with tempfile.TemporaryDirectory() as folder:
        address = url or f"sqlite:///{folder}/bench.sqlite3"
        upgrade(Settings(_env_file=None, database_url=address, data_folder=Path(folder)))  # type: ignore[call-arg]
        database = Database(make_engine(address))
        if not filled:
            began = time.perf_counter()
            fill(database, messages)
            click.echo(f"{messages:,} messages were written in {time.perf_counter() - began:.0f} s")
        took = measure(database, rounds)
        for query, seconds in took.items():
            click.echo(f"{statistics.median(seconds) * 1000:8.1f} {p95(seconds) * 1000:8.1f}  {query or 'all'}")
        every = [each for seconds in took.values() for each in seconds]
        click.echo(f"{statistics.median(every) * 1000:8.1f} {p95(every) * 1000:8.1f}  all of them (median, p95; ms)")
        database.close()


def p95(seconds: list[float]) -> float:
    """Return the 95th percentile."""
    return sorted(seconds)[max(0, round(len(seconds) * 0.95) - 1)]


def measure(database: Database, rounds: int) -> dict[str, list[float]]:
    """Return the seconds that each search took, with the texts of the page redacted, by the filters as an address.

    Each is done for the first page and for the one after it.
    """
    search, overview = Search(database), Overview(database, Book(database, None, cipher=Cipher([bytes(32)])))
    took: dict[str, list[float]] = {}
    for query in QUERIES:
        filters = Filters.of(query)
        place = ""
        for _ in range(rounds):
            began = time.perf_counter()
            page = search.page(filters, place)
            spoken = overview.of([each.id for each in page.found])
            for each in spoken.values():
                each.preview(filters.terms)
            took.setdefault(filters.query(), []).append(time.perf_counter() - began)
            place = page.next if not place else ""
    return took


def fill(database: Database, messages: int) -> None:
    """Write so many messages, the same each time, into an empty database."""
    rng = random.Random(7)  # noqa: S311 - invented texts
    numbers = range(messages // PER_CONVERSATION)
    for first in numbers[::_AT_A_TIME]:
        with database.write() as session:
            _write(session, rng, list(numbers[first : first + _AT_A_TIME]))
    with database.write() as session:
        session.execute(text("ANALYZE"))


def _write(session: Session, rng: random.Random, numbers: list[int]) -> None:
    is_postgresql = session.get_bind().dialect.name == "postgresql"
    rows: dict[str, list[dict[str, Any]]] = {"conversations": [], "messages": [], "queue_items": [], "feedback": []}
    facts = []
    for number in numbers:
        begins = _BEGAN + timedelta(minutes=5 * number)
        conversation = str(ULID.from_datetime(begins))
        ends = begins + timedelta(minutes=PER_CONVERSATION)
        rows["conversations"].append(
            {"id": conversation, "token_hash": conversation, "channel": "sms" if rng.random() < _BY_TEXT else "web"}
            | {"created_at": begins, "last_activity_at": ends, "last_seq": PER_CONVERSATION}
        )
        confidence = rng.random()
        language = "es" if rng.random() < _IN_SPANISH else "en"
        facts.append({"conversation_id": conversation, "language": language, "lowest_confidence": confidence})
        for message in _messages(rng, conversation, begins):
            rows["messages"].append(message)
            if message["author"] == "assistant" and rng.random() < _RATED:
                rows["feedback"].append(
                    {"message_id": message["id"], "helpful": rng.random() < _HELPFUL, "created_at": ends}
                )
        if confidence < _QUEUED:
            queue = rng.choice(("low_confidence", "person", "thumbs_down", "unanswered"))
            rows["queue_items"].append(
                {"conversation_id": conversation, "queue": queue, "times": 1, "first_at": ends, "last_at": ends}
            )
    _insert(session, "conversations", rows["conversations"])
    _insert(session, "conversation_facts", facts)
    if is_postgresql:  # one row after another, as the trigger does it, takes far longer than all at once
        session.execute(text("ALTER TABLE messages DISABLE TRIGGER message_words_add"))
    for table in ("messages", "feedback", "queue_items"):
        _insert(session, table, rows[table])
    if is_postgresql:
        session.execute(text("ALTER TABLE messages ENABLE TRIGGER message_words_add"))
        indexed = (
            "INSERT INTO message_words SELECT conversation_id, words_of(string_agg(text, ' ')) FROM messages "
            "WHERE conversation_id = ANY(:ids) GROUP BY conversation_id"
        )
        session.execute(text(indexed), {"ids": [each["id"] for each in rows["conversations"]]})


def _messages(rng: random.Random, conversation: str, begins: datetime) -> Iterator[dict[str, Any]]:
    for seq in range(1, PER_CONVERSATION + 1):
        by_visitor = seq % 2 == 0
        said = rng.choices(_COMMON, k=rng.randint(5, 25))
        said += [word for word, likely in WORDS.items() if rng.random() < likely]
        rng.shuffle(said)
        yield {
            "id": str(ULID.from_datetime(begins)),
            "conversation_id": conversation,
            "seq": seq,
            "author": "visitor" if by_visitor else "assistant",
            "text": " ".join(said),
            "kind": None if by_visitor else rng.choice(KINDS),
            "topic": None if by_visitor else rng.choice(TOPICS),
            "sources": "[]",
            "buttons": "[]",
            "created_at": begins + timedelta(minutes=seq),
            "state": "answered" if by_visitor else None,
            "attempts": 0,
        }


def _insert(session: Session, table: str, rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    plain = session.get_bind().dialect.name == "sqlite"
    if plain:
        rows = [
            {
                name: f"{value:%Y-%m-%d %H:%M:%S.%f}" if isinstance(value, datetime) else value
                for name, value in row.items()
            }
            for row in rows
        ]
    columns = list(rows[0])
    statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join(f':{name}' for name in columns)})"  # noqa: S608 - our own names
    session.execute(text(statement), rows)


if __name__ == "__main__":
    main()
