"""A person in the assistant's place: the assistant is silent, triage is not, and the visitor sees who is there."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from console.conftest import DANA, NOW
from gateway.local_server import until

from bot.booking.hours import load_availability
from bot.console.acting import Actor
from bot.console.takeover import TakeOver
from bot.conversations.errors import LeaseLost, NotFound, NotInCharge, TakenOver
from bot.conversations.records import AtOnce, RaisedAlarm, Reply, Staff
from bot.settings import ROOT

NURSE = Staff("Dana Reed", "nurse")
OTHER = Actor("account-of-kim", "kim")
ALARM = AtOnce((Reply("Call 911.", kind="emergency"),), RaisedAlarm("emergency", "cauda_equina", "en", ("rule",)))
EMERGENCY = "I cannot feel when I wipe and since this morning I have lost control of my bladder"


@pytest.fixture
def delivered():
    return []


@pytest.fixture
def takeover(database, clock, delivered):
    return TakeOver(database, None, lambda _session, _id, messages, _now: delivered.extend(messages), clock)


def said(log, conversation):
    return [(each.author, each.text) for each in log.history(conversation)]


def test_what_waits_is_with_the_person_and_the_assistant_gets_nothing(log, takeover, conversation):
    waiting = log.receive(conversation, "Hello?", "1").message
    takeover.take(DANA, conversation, NURSE)
    asked = log.receive(conversation, "Is somebody there?", "2").message
    assert log.next_pending(conversation) is None
    assert log.waiting_conversations(10) == []
    assert [each.state for each in log.history(conversation) if each.author == "visitor"] == ["answered"] * 2
    assert not log.waits(waiting.id)
    assert asked.state == "answered"


def test_an_answer_that_is_under_way_when_somebody_takes_over_is_not_written(log, takeover, conversation):
    message = log.receive(conversation, "Hello?", "1").message
    assert log.claim(conversation, "worker", 60)
    takeover.take(DANA, conversation, NURSE)
    with pytest.raises(LeaseLost):
        log.settle(message.id, "worker", [Reply("An answer of the assistant.", kind="answer")])
    assert all(author != "assistant" for author, _ in said(log, conversation))


def test_nor_is_a_one_moment(log, takeover, conversation):
    message = log.receive(conversation, "Hello?", "1").message
    takeover.take(DANA, conversation, NURSE)
    assert log.acknowledge_once(message.id, Reply("One moment.")) == []


def test_of_an_answer_and_a_take_over_at_once_the_answer_comes_first_or_not_at_all(log, takeover):
    for number in range(12):
        conversation = log.start("web")[0]
        message = log.receive(conversation, "Hello?", str(number)).message
        log.claim(conversation, "worker", 60)
        start = threading.Barrier(2)

        def answer(message=message, start=start):
            start.wait()
            try:
                return bool(log.settle(message.id, "worker", [Reply("Answer.", kind="answer")]))
            except TakenOver:
                return False

        def take(conversation=conversation, start=start):
            start.wait()
            takeover.take(DANA, conversation, NURSE)

        with ThreadPoolExecutor(2) as pool:
            answered, taken = pool.submit(answer), pool.submit(take)
            taken.result()
        authors = [author for author, _ in said(log, conversation)]
        assert authors == (["visitor", "assistant", "system"] if answered.result() else ["visitor", "system"])


def test_an_alarm_is_answered_all_the_same(log, takeover, conversation):
    takeover.take(DANA, conversation, NURSE)
    log.receive(conversation, "An emergency", "1", decide=lambda _: ALARM)
    assert said(log, conversation)[-1] == ("assistant", "Call 911.")
    assert len(log.alarms_of(conversation)) == 1


def test_the_questions_after_an_alarm_are_left_to_the_person(log, takeover, conversation):
    log.receive(conversation, "An emergency", "1", decide=lambda _: ALARM)
    takeover.take(DANA, conversation, NURSE)
    log.receive(conversation, "I am here", "2", decide=lambda _: AtOnce((Reply("Are you safe?"),)))
    assert said(log, conversation)[-1] == ("visitor", "I am here")
    takeover.give_back(DANA, conversation)
    assert [each.settled_how for each in log.alarms_of(conversation)] == ["staff"]


def test_the_visitor_sees_who_writes_and_that_the_assistant_is_back(log, takeover, conversation, delivered):
    takeover.take(DANA, conversation, NURSE)
    takeover.say(DANA, conversation, "How can I help?")
    takeover.give_back(DANA, conversation)
    history = log.history(conversation)
    assert [each.author for each in history] == ["system", "staff", "system"]
    assert history[0].text.startswith("Dana Reed (nurse) has joined the chat.")
    assert history[1].staff == NURSE
    assert history[2].text.startswith("Dana Reed has left the chat. The automated assistant answers again")
    assert [each.id for each in delivered] == [each.id for each in history]
    assert log.receive(conversation, "Thanks", "1").message.state == "pending"


def test_only_who_has_it_writes_and_gives_it_back(log, takeover, conversation):
    with pytest.raises(NotInCharge):
        takeover.say(DANA, conversation, "Hello")
    takeover.take(DANA, conversation, NURSE)
    takeover.take(DANA, conversation, NURSE)
    with pytest.raises(TakenOver):
        takeover.take(OTHER, conversation, Staff("Kim"))
    with pytest.raises(NotInCharge):
        takeover.say(OTHER, conversation, "Hello")
    with pytest.raises(NotInCharge):
        takeover.give_back(OTHER, conversation)
    assert len(log.history(conversation)) == 1
    takeover.give_back(OTHER, conversation, even_anothers=True)
    assert takeover.in_charge(conversation) is None


@pytest.mark.parametrize("name", ["", "  ", "x" * 61, "\n"])
def test_a_name_that_cannot_be_shown_is_refused(log, takeover, conversation, name):
    with pytest.raises(ValueError, match="Write a name"):
        takeover.take(DANA, conversation, Staff(name))
    assert log.history(conversation) == []


def test_an_erased_conversation_cannot_be_taken(log, takeover, conversation):
    takeover.take(DANA, conversation, NURSE)
    log.erase(conversation)
    with pytest.raises(NotFound):
        takeover.take(DANA, conversation, NURSE)


def test_each_step_is_a_line_of_the_audit_log(database, takeover, conversation):
    from bot.staff.audit import Audit

    takeover.take(DANA, conversation, NURSE)
    takeover.say(DANA, conversation, "Secret words")
    takeover.give_back(DANA, conversation)
    lines = Audit(database).entries(actor="staff:dana")
    assert [each.action for each in lines] == ["conversation.give-back", "conversation.say", "conversation.take-over"]
    assert all("Secret" not in str(each) for each in lines)


def test_out_of_hours_the_visitor_is_told_once_when_these_begin_again(database, log, conversation, clock):
    hours = load_availability(ROOT / "bot" / "booking" / "example.yml")
    takeover = TakeOver(database, hours, lambda *_: None, clock)
    clock.time = NOW.replace(hour=3)  # Tuesday evening at the clinic; on Wednesday it opens at ten
    takeover.take(DANA, conversation, NURSE)
    takeover.note_closed(conversation)
    takeover.note_closed(conversation)
    told = [text for _, text in said(log, conversation)[1:]]
    assert told == [
        (
            "It is outside of the clinic's hours now. They begin again on Wednesday, November 25, at 10:00 AM "
            "(America/New_York)."
        )
    ]
    clock.time = NOW.replace(hour=15, minute=30)  # half past ten there
    takeover.note_closed(conversation)
    assert takeover.closed() is None
    assert len(log.history(conversation)) == 2


def test_without_hours_nothing_is_promised(takeover, log, conversation):
    takeover.take(DANA, conversation, NURSE)
    takeover.note_closed(conversation)
    assert takeover.closed() is None
    assert len(log.history(conversation)) == 1


# ---- through the gateway ----


def test_a_person_steps_in_while_the_assistant_thinks(gateway, assistant, reviewer):
    visitor = gateway.new_visitor()
    path = f"/staff/conversations/{visitor.id}"
    with assistant.holding_turns():
        saying = visitor.post_in_background("How long does RFA last?")
        assistant.until_asked(visitor.id)
        assert reviewer.post(f"{path}/take-over", name="Dana Reed", role="nurse").status_code == 200
        assert saying.result(10).json()["messages"] == []
    assert reviewer.post(f"{path}/say", text="Hello, this is Dana.").status_code == 200
    assert visitor.say("Good that you are there") == []
    assert len(assistant.texts(visitor.id)) == 1
    written = visitor.until_said("Hello, this is Dana.")
    assert (written["author"], written["staff"]) == ("staff", {"name": "Dana Reed", "role": "nurse"})
    replies = visitor.say(EMERGENCY)
    assert replies[0]["kind"] == "emergency"
    assert reviewer.post(f"{path}/give-back").status_code == 200
    assert visitor.say("How long does RFA last?")[0]["kind"] == "answer"
    until(lambda: len(assistant.texts(visitor.id)) == 2)
    assert {"conversation.take-over", "conversation.say", "conversation.give-back"} <= set(reviewer.actions())


def test_who_answers_reads_names_after_the_click_that_is_written_down_and_others_do_not(gateway, reviewer, person):
    visitor = gateway.new_visitor()
    visitor.say("Call me at (503) 555-0142")
    path = f"/staff/conversations/{visitor.id}"
    reviewer.post(f"{path}/reveal")
    reviewer.post(f"{path}/take-over", name="Dana")
    assert "555-0142" not in reviewer.read(path), "what was shown before the take-over is hidden again"
    assert "conversation.reveal" not in reviewer.actions()[2:]
    assert "555-0142" in reviewer.post(f"{path}/reveal").text
    assert "555-0142" in reviewer.read(path)
    assert "555-0142" in reviewer.read(f"{path}/live")
    assert "555-0142" not in person("reviewer", "another").read(path)
    reviewer.post(f"{path}/give-back")
    assert "555-0142" not in reviewer.read(path)


def test_somebody_elses_conversation_is_refused_with_a_sentence(gateway, reviewer, person):
    visitor = gateway.new_visitor()
    path = f"/staff/conversations/{visitor.id}"
    reviewer.post(f"{path}/take-over", name="Dana")
    refused = person("reviewer", "another").post(f"{path}/take-over", name="Kim")
    assert refused.status_code == 409
    assert "Dana answers this conversation." in refused.text


def test_asking_for_a_person_out_of_hours_tells_when(assistant, serve, tmp_path):
    from datetime import UTC, datetime, timedelta

    from gateway.fake_assistant import said as spoken

    tomorrow = f"{datetime.now(UTC) + timedelta(days=1):%A}".lower()
    hours = (ROOT / "bot" / "booking" / "example.yml").read_text()
    head = hours.partition("schedules:")[0].partition("holidays:")[0].replace("America/New_York", "UTC")
    file = tmp_path / "hours.yml"
    weekly = f'{{id: a, name: A, weekly: {{{tomorrow}: ["00:00-24:00"]}}}}'
    file.write_text(f"{head}\nholidays: []\nschedules:\n- {weekly}\n")
    with serve(assistant, booking_file=file) as gateway:
        assistant.replies = [spoken("utter_talk_to_human")]
        replies = gateway.new_visitor().say("I want to talk to a person")
        assert [each["author"] for each in replies] == ["assistant", "system"]
        assert replies[1]["text"].startswith("It is outside of the clinic's hours now. They begin again on")
