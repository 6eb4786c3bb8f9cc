"""Forgetting telephones and what is kept of their texts, inside a transaction that the caller opened.

One that has opted out stays: a refusal has to be kept to be heeded. Of it stay the number, encrypted, when and how it
opted out, and nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, exists, or_, select, update
from sqlalchemy.orm import aliased

from bot.sms.models import ConsentRow, PhoneConversationRow, PhoneRow, TextInRow, TextOutRow

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

_AT_ONCE: Final = 500  # telephones named in one statement


def phones_of(session: Session, conversation_id: str) -> list[str]:
    """Return the ids of telephones that have been in a conversation."""
    found = session.execute(
        select(PhoneConversationRow.phone_id).where(PhoneConversationRow.conversation_id == conversation_id)
    )
    return list(found.scalars())


def erase_texts_of(session: Session, conversation_id: str) -> None:
    """Delete what is kept of the texts of a conversation, those that wait to be sent too.

    To be called before the conversation is gone. What came in is forgotten as well, but for a text that is just being
    answered: a redelivery of that one must still be known.
    """
    asked = select(TextInRow.sid).where(TextInRow.conversation_id == conversation_id)
    of_it = or_(TextOutRow.conversation_id == conversation_id, TextOutRow.reply_to.in_(asked))
    _run(session, delete(TextOutRow).where(of_it))
    done = (TextInRow.conversation_id == conversation_id, TextInRow.state == "done")
    _run(session, delete(TextInRow).where(*done))


def forget_unused(session: Session, phone_ids: Sequence[str]) -> int:
    """Delete those telephones that are in no conversation any more, with their texts; return how many.

    One that has opted out or in again stays, encrypted: a refusal has to be kept to be heeded, and a consent to be
    proven until the retention period is over. One whose text is just being answered stays as well.
    """
    return _run(
        session, delete(PhoneRow).where(PhoneRow.id.in_(phone_ids), _unused(), PhoneRow.id.not_in(_with_consent()))
    )


def count_idle(session: Session, before: datetime, erased: Collection[str]) -> int:
    """Return how many telephones ``forget_idle`` would delete once the conversations ``erased`` are.

    Those that go with their last conversation are not counted.
    """
    chosen = select(PhoneRow.id, PhoneConversationRow.conversation_id).outerjoin(PhoneConversationRow)
    with_consent = PhoneRow.id.in_(_with_consent()) | PhoneConversationRow.conversation_id.is_(None)
    found = session.execute(chosen.where(*_silent(before), PhoneRow.opted_out_at.is_(None), with_consent)).all()
    kept = {phone for phone, conversation in found if conversation is not None and conversation not in erased}
    return len({phone for phone, _ in found} - kept)


def forget_idle(session: Session, before: datetime) -> int:
    """Delete telephones in no conversation whose last text and consent are older than ``before``; return how many.

    Of those that have opted out, all is deleted that is not needed to heed it.
    """
    _strip(session, before)
    return _run(session, delete(PhoneRow).where(_unused(), *_silent(before), PhoneRow.opted_out_at.is_(None)))


def _strip(session: Session, before: datetime) -> None:
    chosen = select(PhoneRow.id).where(_unused(), *_silent(before), PhoneRow.opted_out_at.is_not(None))
    ids = list(session.execute(chosen).scalars())
    bare = {"last_text_at": None, "asked_to_stop_at": None, "wrong_codes": 0, "wrong_codes_since": None, "seen_seq": 0}
    later = aliased(ConsentRow)
    is_earlier = exists().where(later.phone_id == ConsentRow.phone_id, later.at > ConsentRow.at)
    for some in (ids[at : at + _AT_ONCE] for at in range(0, len(ids), _AT_ONCE)):
        _run(session, delete(TextOutRow).where(TextOutRow.phone_id.in_(some)))
        _run(session, delete(TextInRow).where(TextInRow.phone_id.in_(some)))
        _run(session, delete(ConsentRow).where(ConsentRow.phone_id.in_(some), is_earlier))
        _run(session, update(PhoneRow).where(PhoneRow.id.in_(some)).values(**bare))


def _silent(before: datetime) -> tuple[Any, ...]:
    """Have neither texted nor opted out or in since, and wait for no reply."""
    lately = select(ConsentRow.phone_id).where(ConsentRow.at >= before)
    return (
        PhoneRow.id.not_in(_waiting()),
        PhoneRow.created_at < before,
        or_(PhoneRow.last_text_at.is_(None), PhoneRow.last_text_at < before),
        PhoneRow.id.not_in(lately),
    )


def _unused() -> Any:
    return PhoneRow.id.not_in(select(PhoneConversationRow.phone_id)) & PhoneRow.id.not_in(_waiting())


def _waiting() -> Any:
    return select(TextInRow.phone_id).where(TextInRow.state == "open")


def _with_consent() -> Any:
    return select(ConsentRow.phone_id)


def _run(session: Session, statement: Any) -> int:
    return int(session.execute(statement.execution_options(synchronize_session=False)).rowcount)
