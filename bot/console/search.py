"""Finds conversations by the words of all their messages and by what they are, the latest first, a page at a time."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, exists, func, or_, select, text

from bot.console.matching import Matching, Window, columns_of
from bot.console.models import SHIFT
from bot.conversations.models import ChargeRow, ConversationRow, FactsRow, MessageRow
from bot.sms import deliveries
from bot.storage.retry import Sleep, retried

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from bot.console.filters import Filters
    from bot.storage.engine import Database

PAGE: Final = 25
_PLACE: Final = re.compile(r"(\d{1,18})-([0-9A-Za-z]{1,40})")
_MERGED_PAGES: Final = 64
_NEAR: Final = 1_000  # conversations that are looked through before all others
_FARTHER: Final = 10  # times as many are next
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


@dataclass(frozen=True)
class Found:
    """A conversation that was found. ``with_a_person``: the name of whoever answers it, or None.

    ``opted_out``: its telephone wants no texts.
    """

    id: str
    channel: str
    created_at: datetime
    last_activity_at: datetime
    messages: int
    language: str | None
    lowest_confidence: float | None
    with_a_person: str | None
    opted_out: bool = False


@dataclass(frozen=True)
class Page:
    """Some of the conversations; ``next``: the place from which the next page goes on, "" after the last one."""

    found: tuple[Found, ...]
    next: str


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
            matching = Matching(session, filters, account_id)
            few = matching.few()
            if among is not None:
                few = set(among) if few is None else few & set(among)
            where = [*_before(place), *self._bounds(filters)]
            wanted = [*columns_of(filters), *self._said_on_days(filters)]
            if few is not None:
                rows = _rows(session, [ConversationRow.id.in_(few), *where, *wanted, *matching.where(None)], size + 1)
            else:
                rows = _by_windows(session, matching, where, wanted, size + 1)
            found = tuple(_found(*row) for row in rows[:size])
            opted_out = deliveries.opted_out(session, [each.id for each in found if each.channel == "sms"])
            found = tuple(replace(each, opted_out=each.id in opted_out) for each in found)
        return Page(found, _place(found[-1]) if len(rows) > size else "")

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

    def _days(self, filters: Filters) -> tuple[datetime | None, datetime | None]:
        """Return when the first day begins and the last one ends."""
        first, last = filters.days
        begins = datetime(first.year, first.month, first.day, tzinfo=self._zone) if first else None
        ends = datetime(last.year, last.month, last.day, tzinfo=self._zone) + timedelta(days=1) if last else None
        return begins, ends

    def _bounds(self, filters: Filters) -> list[Any]:
        begins, ends = self._days(filters)
        where = [ConversationRow.last_activity_at >= begins] if begins else []
        return [*where, ConversationRow.created_at < ends] if ends else where

    def _said_on_days(self, filters: Filters) -> list[Any]:
        begins, ends = self._days(filters)
        if begins is None or ends is None:
            return []
        said = (MessageRow.created_at >= begins, MessageRow.created_at < ends)
        return [exists().where(MessageRow.conversation_id == ConversationRow.id, *said)]


def _by_windows(
    session: Session, matching: Matching, where: list[Any], wanted: list[Any], count: int
) -> list[tuple[Any, ...]]:
    """Return ``count`` conversations, looking through the latest, then through many, and only then through all.

    Mostly the latest are enough, and what is common need not be counted out.
    """
    rows: list[tuple[Any, ...]] = []
    for many in (_NEAR, _NEAR * _FARTHER):
        window = _window(session, where, many)
        if window is None:
            break
        within = [*where, ConversationRow.last_activity_at >= window.until]
        rows += _rows(session, [*within, *wanted, *matching.where(window)], count - len(rows))
        if len(rows) == count:
            return rows
        where = [*where, ConversationRow.last_activity_at < window.until]
    return rows + _rows(session, [*where, *wanted, *matching.where(None)], count - len(rows))


def _rows(session: Session, where: list[Any], count: int) -> list[tuple[Any, ...]]:
    chosen = (
        select(ConversationRow, FactsRow.language, FactsRow.lowest_confidence, ChargeRow.name)
        .join(FactsRow, FactsRow.conversation_id == ConversationRow.id)
        .outerjoin(ChargeRow, ChargeRow.conversation_id == ConversationRow.id)
        .where(*where)
        .order_by(ConversationRow.last_activity_at.desc(), ConversationRow.id.desc())
        .limit(count)
    )
    return list(session.execute(chosen))


def _before(place: str) -> list[Any]:
    """Return what holds for conversations from a place on."""
    after = _PLACE.fullmatch(place)
    if after is None:
        return []
    moment = _EPOCH + int(after[1]) * _MICROSECOND
    same = and_(ConversationRow.last_activity_at == moment, ConversationRow.id < after[2])
    return [ConversationRow.last_activity_at <= moment, or_(ConversationRow.last_activity_at < moment, same)]


def _window(session: Session, where: list[Any], many: int) -> Window | None:
    """Return the window of so many of the latest conversations; None where there are no more than these."""
    latest = select(ConversationRow.last_activity_at).where(*where).order_by(ConversationRow.last_activity_at.desc())
    until = session.execute(latest.offset(many).limit(1)).scalar()
    if until is None:
        return None
    near = select(func.min(FactsRow.number), func.max(FactsRow.number)).join(
        ConversationRow, ConversationRow.id == FactsRow.conversation_id
    )
    lowest, highest = session.execute(near.where(*where, ConversationRow.last_activity_at >= until)).one()
    return Window(until, (lowest or 0) << SHIFT, ((highest or 0) + 1) << SHIFT)


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
