"""What conversations must have to be found: words of their messages, and what they are in a set for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import literal_column, or_, select, text

from bot.console.models import SHIFT, MessageLabelRow, NoteRow
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
from bot.sms import deliveries

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from bot.console.filters import Filters

FEW: Final = 2_000  # rows that are looked at one by one
_PREFIX: Final = 3  # letters from which on a word is also found as the beginning of another
_WORDS: Final = text("message_words")


@dataclass(frozen=True)
class Window:
    """The latest conversations down to a moment of last activity, and the rows of SQLite's index they lie within."""

    until: datetime
    first_row: int
    last_row: int


class Matching:
    """What a search asks for beside the conversation's own columns, in one read of the database."""

    def __init__(self, session: Session, filters: Filters, account_id: str) -> None:
        """``account_id``: the account that ``filters.staff`` names."""
        self._session = session
        self._terms = list(filters.terms)
        self._sets = list(_sets(filters, account_id))
        self._is_postgresql = session.get_bind().dialect.name == "postgresql"

    def few(self) -> set[str] | None:
        """Return ids that hold all that can be found, where one word or set has few; None where all have many.

        What has few is not among the conditions any more.
        """
        found = [*self._few_with_words(), *self._few_in_sets()]
        return set.intersection(*found) if found else None

    def where(self, window: Window | None) -> list[Any]:
        """Return conditions on the conversation; with a window, for looking through the conversations in it."""
        return [*self._with_words(window), *(self._is_among(each, window) for each in self._sets)]

    def _few_in_sets(self) -> Iterator[set[str]]:
        for several in list(self._sets):
            ids: set[str] = set()
            for _, statement in several:
                rows = self._session.execute(statement.limit(FEW + 1)).scalars().all()
                if len(rows) > FEW:
                    break
                ids.update(rows)
            else:
                self._sets.remove(several)
                yield ids

    def _few_with_words(self) -> Iterator[set[str]]:
        if not self._terms:
            return
        if self._is_postgresql:
            # The planner takes each beginning of a word for a fiftieth of all conversations, and reads them all.
            self._session.execute(text("SET LOCAL enable_seqscan = off"))
            words = select(literal_column("conversation_id")).select_from(_WORDS).where(self._tsquery("words @@ {}"))
            ids = self._session.execute(words.limit(FEW + 1)).scalars().all()
            self._session.execute(text("SET LOCAL enable_seqscan = on"))
            if len(ids) <= FEW:
                self._terms.clear()
                yield set(ids)
            return
        for term in list(self._terms):
            numbers = self._session.execute(_numbers(term).limit(FEW + 1)).scalars().all()
            if len(numbers) <= FEW:
                self._terms.remove(term)
                owners = select(FactsRow.conversation_id).where(FactsRow.number.in_(set(numbers)))
                yield set(self._session.execute(owners).scalars())

    def _with_words(self, window: Window | None) -> list[Any]:
        if not self._terms:
            return []
        if self._is_postgresql:
            # "IS TRUE" keeps the planner from beginning with the words, which it takes for far rarer than they are.
            words = select(literal_column("1")).select_from(_WORDS).where(self._tsquery("(words @@ {}) IS TRUE"))
            own = literal_column("message_words.conversation_id") == ConversationRow.id
            return [words.where(own).correlate(ConversationRow).exists()]
        # With "+ 0", SQLite makes the list once and asks it for each conversation, instead of beginning from it.
        lists = (_numbers(term, window, number) for number, term in enumerate(self._terms))
        return [(FactsRow.number + 0).in_(each) for each in lists]

    def _tsquery(self, condition: str) -> Any:
        query = " & ".join(f"'{term}':*" if len(term) >= _PREFIX else f"'{term}'" for term in self._terms)
        return text(condition.format("to_tsquery('simple', :query)")).bindparams(query=query)

    def _is_among(self, several: list[tuple[Any, Any]], window: Window | None) -> Any:
        if window is not None:
            mine = (each.where(column == ConversationRow.id).correlate(ConversationRow) for column, each in several)
            return or_(*(each.exists() for each in mine))
        own = ConversationRow.id if self._is_postgresql else ConversationRow.id.concat("")  # as above, with words
        return or_(*(own.in_(statement.correlate(None)) for _, statement in several))


def _numbers(term: str, window: Window | None = None, number: int = 0) -> Any:
    """Return the query for the numbers of SQLite's conversations with a word, each as often as a message has it.

    ``number``: of the term in the statement.
    """
    name = f"term{number}"
    query = f'"{term}"*' if len(term) >= _PREFIX else f'"{term}"'
    found = select(literal_column(f"message_words.rowid >> {SHIFT}")).select_from(_WORDS)
    if window is not None:
        found = found.where(text(f"message_words.rowid BETWEEN {window.first_row:d} AND {window.last_row:d}"))
    return found.where(text(f"message_words MATCH :{name}").bindparams(**{name: query}))


def _sets(filters: Filters, account_id: str) -> Iterator[list[tuple[Any, Any]]]:
    """Yield sets of conversations that each conversation must be in, as column of the id and statement.

    Of several in one list, one is enough.
    """
    message = MessageRow
    if filters.topic:
        yield [_set(message.conversation_id, message.topic == filters.topic)]
    if filters.kind:
        yield [_set(message.conversation_id, message.kind == filters.kind)]
    if filters.rating:
        yield [_with_message(FeedbackRow.message_id, FeedbackRow.helpful.is_(filters.rating == "up"))]
    if filters.label:
        yield [_with_message(MessageLabelRow.message_id, MessageLabelRow.label == filters.label)]
    if filters.queue and filters.queue != "booking":  # of these the caller knows, from the appointment book
        to_do = (QueueItemRow.queue == filters.queue, QueueItemRow.done_at.is_(None))
        yield [_set(QueueItemRow.conversation_id, *to_do)]
    if filters.flag:
        yield [_flagged(filters.flag)]
    if filters.staff:
        yield [
            _set(ChargeRow.conversation_id, ChargeRow.account_id == account_id),
            _with_message(StaffMessageRow.message_id, StaffMessageRow.account_id == account_id),
            _set(QueueItemRow.conversation_id, QueueItemRow.assigned_to == filters.staff),
            _set(NoteRow.conversation_id, NoteRow.written_by == filters.staff),
        ]


def _set(column: Any, *where: Any) -> tuple[Any, Any]:
    return column, select(column).where(*where)


def _with_message(message_id: Any, *where: Any) -> tuple[Any, Any]:
    return _set(MessageRow.conversation_id, MessageRow.id.in_(select(message_id).where(*where)))


def _flagged(flag: str) -> tuple[Any, Any]:
    if flag == "with_a_person":
        return _set(ChargeRow.conversation_id)
    if flag == "noted":
        return _set(NoteRow.conversation_id)
    if flag == "opted_out":
        return deliveries.OPTED_OUT
    return _set(AlarmRow.conversation_id, *(() if flag == "alarm" else (AlarmRow.level == flag,)))


def columns_of(filters: Filters) -> Sequence[Any]:
    """Return what a search asks of the conversation's own columns, but for the days."""
    where = []
    if filters.channel:
        where.append(ConversationRow.channel == filters.channel)
    if filters.language:
        where.append(FactsRow.language == filters.language)
    if filters.below:
        where.append(FactsRow.lowest_confidence < float(filters.below))
    return where
