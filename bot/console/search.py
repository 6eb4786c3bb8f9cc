"""Finds conversations by the words of all their messages and by what they are, the latest first, a page at a time."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, exists, func, literal_column, or_, select, text

from bot.console.models import SHIFT, NoteRow
from bot.conversations.models import (
    AlarmRow,
    ChargeRow,
    ConversationRow,
    FactsRow,
    FeedbackRow,
    MessageRow,
    QueueItemRow,
    StaffMessageRow,
)
from bot.storage.retry import Sleep, retried

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from bot.console.filters import Filters
    from bot.storage.engine import Database

PAGE: Final = 25
_PREFIX: Final = 3  # letters from which on a word is also found as the beginning of another
_PLACE: Final = re.compile(r"(\d{1,18})-([0-9A-Za-z]{1,40})")
_MERGED_PAGES: Final = 64
_NEAR: Final = 1_000  # conversations that are looked through before all others
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


@dataclass(frozen=True)
class Found:
    """A conversation that was found. ``with_a_person``: the name of whoever answers it, or None."""

    id: str
    channel: str
    created_at: datetime
    last_activity_at: datetime
    messages: int
    language: str | None
    lowest_confidence: float | None
    with_a_person: str | None


@dataclass(frozen=True)
class Page:
    """Some of the conversations; ``next``: the place from which the next page goes on, "" after the last one."""

    found: tuple[Found, ...]
    next: str


@dataclass(frozen=True)
class _Edge:
    """Where the latest conversations end: their last activity, and the rows of SQLite's index that they are within."""

    moment: datetime
    first_row: int
    last_row: int


class Search:
    """Searches in one read of the database. Methods block, and may be called from any thread or process."""

    def __init__(self, database: Database, zone: tzinfo = UTC, sleep: Sleep = time.sleep) -> None:
        """``zone``: where the days of the filters begin."""
        self._database = database
        self._zone = zone
        self.sleep = sleep

    @retried
    def page(
        self,
        filters: Filters,
        place: str = "",
        *,
        account_id: str = "",
        among: Sequence[str] | None = None,
        size: int = PAGE,
    ) -> Page:
        """Return up to ``size`` conversations from a place on, "" for the latest.

        ``account_id``: the account that ``filters.staff`` names; ``among``: only these conversations.
        """
        with self._database.read() as session:
            before = _before(place)
            if among is not None:
                before.append(ConversationRow.id.in_(among))
            # The latest conversations first: mostly they fill the page, and what is common need not be counted out.
            rows = self._rows(session, filters, account_id, before, size, edge=_edge(session, before))
            if len(rows) <= size:
                rows = self._rows(session, filters, account_id, before, size, edge=None)
        rest = rows[size - 1] if len(rows) > size else None
        return Page(tuple(rows[:size]), _place(rest) if rest else "")

    def _rows(
        self,
        session: Session,
        filters: Filters,
        account_id: str,
        before: list[Any],
        size: int,
        *,
        edge: _Edge | None,
    ) -> list[Found]:
        """Return one more than ``size`` conversations; with an edge, of those alone that it leaves."""
        where = [*before, *_with_words(session, filters.terms, edge), *_of_its_own(filters), *self._on_days(filters)]
        where += [_is_among(session, each, edge) for each in _sets(filters, account_id)]
        if edge is not None:
            where.append(ConversationRow.last_activity_at >= edge.moment)
        chosen = (
            select(ConversationRow, FactsRow.language, FactsRow.lowest_confidence, ChargeRow.name)
            .join(FactsRow, FactsRow.conversation_id == ConversationRow.id)
            .outerjoin(ChargeRow, ChargeRow.conversation_id == ConversationRow.id)
            .where(*where)
            .order_by(ConversationRow.last_activity_at.desc(), ConversationRow.id.desc())
            .limit(size + 1)
        )
        return [_found(*row) for row in session.execute(chosen)]

    @retried
    def tidy(self) -> None:
        """Let go of the words of erased conversations, which SQLite keeps in its index until parts of it are merged.

        PostgreSQL does so by itself.
        """
        first = True
        while self._merge(first=first):
            first = False

    def _merge(self, *, first: bool) -> bool:
        with self._database.write() as session:
            if session.get_bind().dialect.name != "sqlite":
                return False
            count = text("SELECT total_changes()")
            before = session.execute(count).scalar()
            # https://www.sqlite.org/fts5.html#the_merge_command: negative begins a merge of all, positive goes on
            rank = -_MERGED_PAGES if first else _MERGED_PAGES
            session.execute(
                text("INSERT INTO message_words (message_words, rank) VALUES ('merge', :rank)"), {"rank": rank}
            )
            return bool(session.execute(count).scalar() - before >= 2)  # noqa: PLR2004 - as the documentation says

    def _on_days(self, filters: Filters) -> list[Any]:
        row, message = ConversationRow, MessageRow
        first, last = filters.days
        begins = datetime(first.year, first.month, first.day, tzinfo=self._zone) if first else None
        ends = datetime(last.year, last.month, last.day, tzinfo=self._zone) + timedelta(days=1) if last else None
        where = []
        if begins:
            where.append(row.last_activity_at >= begins)
        if ends:
            where.append(row.created_at < ends)
        if begins and ends:
            within = (message.created_at >= begins, message.created_at < ends)
            where.append(exists().where(message.conversation_id == row.id, *within))
        return where


def _before(place: str) -> list[Any]:
    """Return what holds for conversations from a place on."""
    after = _PLACE.fullmatch(place)
    if after is None:
        return []
    moment = _EPOCH + int(after[1]) * _MICROSECOND
    same = and_(ConversationRow.last_activity_at == moment, ConversationRow.id < after[2])
    return [ConversationRow.last_activity_at <= moment, or_(ConversationRow.last_activity_at < moment, same)]


def _edge(session: Session, before: list[Any]) -> _Edge | None:
    """Return the edge of the latest conversations from a place on; None where there are no more than these."""
    latest = select(ConversationRow.last_activity_at).where(*before).order_by(ConversationRow.last_activity_at.desc())
    moment = session.execute(latest.offset(_NEAR).limit(1)).scalar()
    if moment is None:
        return None
    near = select(func.min(FactsRow.number), func.max(FactsRow.number)).join(
        ConversationRow, ConversationRow.id == FactsRow.conversation_id
    )
    lowest, highest = session.execute(near.where(*before, ConversationRow.last_activity_at >= moment)).one()
    return None if lowest is None else _Edge(moment, lowest << SHIFT, (highest + 1) << SHIFT)


def _with_words(session: Session, terms: Sequence[str], edge: _Edge | None) -> list[Any]:
    if not terms:
        return []
    if session.get_bind().dialect.name == "postgresql":
        query = " & ".join(f"'{term}':*" if len(term) >= _PREFIX else f"'{term}'" for term in terms)
        words = select(literal_column("message_words.conversation_id")).select_from(text("message_words"))
        matching = words.where(text("message_words.words @@ to_tsquery('simple', :query)").bindparams(query=query))
        if edge is None:
            return [ConversationRow.id.in_(matching)]
        own = literal_column("message_words.conversation_id") == ConversationRow.id
        return [matching.where(own).correlate(ConversationRow).exists()]
    found = select(literal_column(f"message_words.rowid >> {SHIFT}")).select_from(text("message_words"))
    if edge is not None:
        found = found.where(text(f"message_words.rowid BETWEEN {edge.first_row:d} AND {edge.last_row:d}"))
    where = []
    for number, term in enumerate(terms):
        name = f"term{number}"
        query = f'"{term}"*' if len(term) >= _PREFIX else f'"{term}"'
        matching = found.where(text(f"message_words MATCH :{name}").bindparams(**{name: query}))
        # With "+ 0", SQLite makes the list once and asks it for each conversation, instead of beginning from it.
        where.append((FactsRow.number + 0).in_(matching))
    return where


def _of_its_own(filters: Filters) -> list[Any]:
    """Return what holds for the conversation's own columns."""
    where = []
    if filters.channel:
        where.append(ConversationRow.channel == filters.channel)
    if filters.language:
        where.append(FactsRow.language == filters.language)
    if filters.below:
        where.append(FactsRow.lowest_confidence < float(filters.below))
    return where


def _sets(filters: Filters, account_id: str) -> list[list[tuple[Any, Any]]]:
    """Return sets of conversations that each conversation must be in, as column of the id and statement.

    Of several in one list, one is enough.
    """
    message, sets = MessageRow, []
    if filters.topic:
        sets.append([_set(message.conversation_id, message.topic == filters.topic)])
    if filters.kind:
        sets.append([_set(message.conversation_id, message.kind == filters.kind)])
    if filters.rating:
        rated = _set(message.conversation_id, FeedbackRow.helpful.is_(filters.rating == "up"))
        sets.append([(rated[0], rated[1].join(FeedbackRow, FeedbackRow.message_id == message.id))])
    if filters.queue and filters.queue != "booking":  # of these the caller knows, from the appointment book
        to_do = (QueueItemRow.queue == filters.queue, QueueItemRow.done_at.is_(None))
        sets.append([_set(QueueItemRow.conversation_id, *to_do)])
    if filters.flag:
        sets.append([_flagged(filters.flag)])
    if filters.staff:
        sets.append(_of_staff(filters.staff, account_id))
    return sets


def _set(column: Any, *where: Any) -> tuple[Any, Any]:
    return column, select(column).where(*where)


def _is_among(session: Session, sets: list[tuple[Any, Any]], edge: _Edge | None) -> Any:
    if edge is not None:
        return or_(
            *(
                statement.where(column == ConversationRow.id).correlate(ConversationRow).exists()
                for column, statement in sets
            )
        )
    plain = session.get_bind().dialect.name == "postgresql"
    own = ConversationRow.id if plain else ConversationRow.id.concat("")  # as above, with words
    return or_(*(own.in_(statement.correlate(None)) for _, statement in sets))


def _flagged(flag: str) -> tuple[Any, Any]:
    if flag == "with_a_person":
        return _set(ChargeRow.conversation_id)
    if flag == "noted":
        return _set(NoteRow.conversation_id)
    return _set(AlarmRow.conversation_id, *(() if flag == "alarm" else (AlarmRow.level == flag,)))


def _of_staff(name: str, account_id: str) -> list[tuple[Any, Any]]:
    wrote = _set(MessageRow.conversation_id, StaffMessageRow.account_id == account_id)
    return [
        _set(ChargeRow.conversation_id, ChargeRow.account_id == account_id),
        (wrote[0], wrote[1].join(StaffMessageRow, StaffMessageRow.message_id == MessageRow.id)),
        _set(QueueItemRow.conversation_id, QueueItemRow.assigned_to == name),
        _set(NoteRow.conversation_id, NoteRow.written_by == name),
    ]


def _found(row: ConversationRow, language: str | None, confidence: float | None, name: str | None) -> Found:
    return Found(
        id=row.id,
        channel=row.channel,
        created_at=row.created_at,
        last_activity_at=row.last_activity_at,
        messages=row.last_seq,
        language=language,
        lowest_confidence=confidence,
        with_a_person=name,
    )


def _place(last: Found) -> str:
    return f"{(last.last_activity_at - _EPOCH) // _MICROSECOND}-{last.id}"
