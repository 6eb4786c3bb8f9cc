"""Of an erased conversation an audit line stays, and nothing else."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest
from privacy.conftest import CIPHER

from bot.booking.records import Request
from bot.conversations.log import ConversationLog
from bot.conversations.records import AtOnce, RaisedAlarm, Reply
from bot.gateway.assistant_client import AssistantUnavailable
from bot.notices.outbox import Outbox
from bot.privacy.erasure import Erasure
from bot.sms import outbox
from bot.sms.models import ConsentRow, PhoneConversationRow, PhoneRow, TextInRow
from bot.storage.engine import Database, make_engine

ALARM = RaisedAlarm("crisis", "suicide", "en", ("a rule",))


def full_conversation(log):
    """A conversation with everything that one can have."""
    conversation, _ = log.start("web")
    at_once = AtOnce((Reply("Call 988.", "assistant", "crisis"),), ALARM)
    said = log.receive(conversation, "my words", "1", triage={"found": "x"}, decide=lambda _: at_once).message
    (answer,) = log.replies_to(said.id)
    log.rate(answer.id, conversation, helpful=False, comment="my comment")
    return conversation


def test_an_erased_conversation_leaves_one_audit_line_and_nothing_else(log, erasure, memory, everything, database):
    conversation = full_conversation(log)
    box = Outbox(database, cipher=CIPHER, clock=log._clock)
    box.delivered(box.take().id)
    assert len(everything()) > 4
    assert asyncio.run(erasure.erase(conversation, "staff:kim", why="request", address="192.0.2.1"))
    ((table, (line,)),) = everything().items()
    assert table == "audit_log"
    assert (line.actor, line.action, line.subject) == (
        "staff:kim",
        "conversation.erased",
        f"conversation:{conversation}",
    )
    assert line.details == '{"why":"request"}'
    assert memory.forgotten == [conversation]


def test_other_conversations_stay_as_they_were(log, erasure, everything, audit):
    kept = full_conversation(log)
    before = everything()
    other = full_conversation(log)
    asyncio.run(erasure.erase(other, "visitor", why="request"))
    after = everything()
    assert log.history(kept)
    assert {table: rows for table, rows in after.items() if table not in {"audit_log", "notices"}} == {
        table: rows for table, rows in before.items() if table != "notices"
    }
    assert asyncio.run(erasure.erase(kept, "visitor", why="request"))
    assert len(audit.entries()) == 2


def test_no_word_of_it_stays_in_the_files_of_sqlite(sqlite_url, clock, memory):
    database = Database(make_engine(sqlite_url))
    log, erasure = ConversationLog(database, clock), Erasure(database, memory, clock)
    kept, gone = log.start("web")[0], log.start("web")[0]
    for number in range(30):
        log.receive(kept, f"keptword{number}", str(number))
        log.receive(gone, f"zyxwvut{number} qwertyuiop", str(number))
    path = Path(sqlite_url.removeprefix("sqlite:///"))

    def files():
        return b"".join(each.read_bytes() for each in path.parent.glob(f"{path.name}*"))

    assert b"qwertyuiop" in files()
    asyncio.run(erasure.erase(gone, "visitor", why="request"))
    asyncio.run(erasure.clean())
    assert b"qwertyuiop" not in files()
    assert b"zyxwvut" not in files()
    assert b"keptword29" in files()
    database.close()


def test_a_notice_that_staff_did_not_get_yet_stays_until_they_have(log, erasure, database, everything):
    conversation = full_conversation(log)
    asyncio.run(erasure.erase(conversation, "visitor", why="request"))
    assert set(everything()) == {"audit_log", "notices"}
    notice = Outbox(database, cipher=CIPHER, clock=log._clock).take()
    assert notice.content["level"] == "crisis"
    assert "my words" not in str(everything())


def texting(database, conversation, phone, state="done"):
    """Let a telephone have texted in a conversation."""
    now = datetime.now(UTC)
    with database.write() as session:
        session.merge(
            PhoneRow(id=phone, number=CIPHER.encrypt(phone), number_hash=phone, created_at=now, wrong_codes=0)
        )
        session.flush()
        session.add(PhoneConversationRow(conversation_id=conversation, phone_id=phone, began_at=now))
        sid = f"SM{conversation}{phone}"
        session.add(
            TextInRow(
                sid=sid, phone_id=phone, conversation_id=conversation, received_at=now, held_until=now, state=state
            )
        )


def test_a_telephone_goes_with_its_last_conversation(log, erasure, database, everything):
    first, second = log.start("sms")[0], log.start("sms")[0]
    for conversation in (first, second):
        texting(database, conversation, "p")
    asyncio.run(erasure.erase(first, "visitor", why="request"))
    assert "phones" in everything()
    asyncio.run(erasure.erase(second, "visitor", why="request"))
    assert set(everything()) == {"audit_log"}


def test_the_texts_of_a_conversation_go_with_it_wherever_the_telephone_is_now(log, erasure, database, everything):
    first, second = log.start("sms")[0], log.start("sms")[0]
    for conversation in (first, second):
        texting(database, conversation, "p")
    with database.write() as session:
        phone = session.get(PhoneRow, "p")
        phone.conversation_id = second  # it went on before the reply was there
        for conversation in (first, second):
            asked = session.get(TextInRow, f"SM{conversation}p")
            outbox.add(session, asked, phone, text=f"in {conversation}", kind="answer", now=datetime.now(UTC))
    asyncio.run(erasure.erase(first, "visitor", why="request"))
    stored = everything()
    assert [row.text for row in stored["texts_out"]] == [f"in {second}"]
    assert [row.sid for row in stored["texts_in"]] == [f"SM{second}p"]
    assert first not in str([stored[table] for table in stored if table != "audit_log"])


def test_a_telephone_that_has_opted_out_or_is_just_texting_stays(log, erasure, database, everything):
    out, busy = log.start("sms")[0], log.start("sms")[0]
    texting(database, out, "out")
    texting(database, busy, "busy", state="open")
    with database.write() as session:
        session.add(ConsentRow(id="c", phone_id="out", did="out", how="STOP", at=datetime.now(UTC)))
    for conversation in (out, busy):
        asyncio.run(erasure.erase(conversation, "visitor", why="request"))
    assert sorted(row.id for row in everything()["phones"]) == ["busy", "out"]
    assert "phone_conversations" not in everything()


def test_erasing_twice_leaves_one_line(log, erasure, audit):
    conversation = full_conversation(log)
    assert asyncio.run(erasure.erase(conversation, "visitor", why="request"))
    assert not asyncio.run(erasure.erase(conversation, "visitor", why="request"))
    assert not asyncio.run(erasure.erase("unknown", "visitor", why="request"))
    assert len(audit.entries()) == 1


def test_what_the_assistant_cannot_forget_is_not_erased(log, erasure, memory, audit):
    conversation = full_conversation(log)
    memory.away_for.add("all")
    with pytest.raises(AssistantUnavailable):
        asyncio.run(erasure.erase(conversation, "visitor", why="request"))
    assert log.history(conversation)
    assert audit.entries() == []


def test_appointments_stay_without_the_conversations_name(log, book, erasure):
    conversation, _ = log.start("web")
    request = Request("Ann Example", "+14045550190", "phone", "pain after surgery", None, "Ann Example, pain")
    made = book.request_callback("k", conversation, request, None)
    asyncio.run(erasure.erase(conversation, "visitor", why="request"))
    assert book.get(made.id).patient_name == "Ann Example"
    assert book.get(made.id).conversation_id is None
