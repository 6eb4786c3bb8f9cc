"""Each page, for each role: who may what, what is hidden, and what the audit log gets."""

from __future__ import annotations

import re

import pytest
from console.conftest import words_of

PAGES = [
    "/staff",
    "/staff/queues/alarm",
    "/staff/queues/booking",
    "/staff/conversations",
    "/staff/conversations?words=rfa&channel=web&since=2026-01-01&until=2030-01-01&kind=answer&below=0.9&language=en",
    "/staff/conversations?queue=booking",
    "/staff/conversations?queue=person&flag=alarm&staff=nobody&rating=up&topic=rfa",
    "/staff/appointments",
    "/staff/appointments/week",
    "/staff/appointments/week?start=2026-12-31",
    "/staff/hours",
]
EMERGENCY = "I cannot feel when I wipe and since this morning I have lost control of my bladder"


@pytest.fixture
def visitor(gateway):
    return gateway.new_visitor()


@pytest.mark.parametrize("role", ["viewer", "reviewer", "admin"])
def test_every_role_reads_every_page_and_each_view_is_written_down(person, visitor, role):
    visitor.say("How long does RFA last?")
    somebody = person(role)
    for path in [*PAGES, f"/staff/conversations/{visitor.id}"]:
        before = len(somebody.actions())
        somebody.read(path)
        assert len(somebody.actions()) == before + 1, path


def test_outsiders_get_404_everywhere(gateway, visitor):
    outsider = gateway.new_visitor().http
    paths = [*PAGES, "/staff/audit", f"/staff/conversations/{visitor.id}", f"/staff/conversations/{visitor.id}/live"]
    assert {outsider.get(path).status_code for path in paths} == {404}
    changes = ["reveal", "take-over", "give-back", "say", "notes", "erase"]
    changed = {outsider.post(f"/staff/conversations/{visitor.id}/{each}").status_code for each in changes}
    assert changed == {404}
    assert outsider.post("/staff/conversations/export").status_code == 404
    assert gateway.log.exists(visitor.id)


def test_a_change_without_the_token_is_refused(gateway, visitor, admin):
    for path in ("erase", "take-over", "reveal", "notes"):
        assert admin.http.post(f"/staff/conversations/{visitor.id}/{path}", data={"text": "x"}).status_code == 403
    assert admin.http.post("/staff/conversations/export").status_code == 403
    assert gateway.log.exists(visitor.id)


def test_a_viewer_changes_nothing(visitor, viewer):
    visitor.say("Hello")
    for path in ("reveal", "take-over", "give-back", "say", "notes", "erase"):
        assert viewer.post(f"/staff/conversations/{visitor.id}/{path}", text="x", name="x").status_code == 403, path
    assert viewer.post(f"/staff/queues/alarm/{visitor.id}", does="done").status_code == 403
    assert viewer.post("/staff/blocks").status_code == 403
    assert viewer.post("/staff/conversations/export").status_code == 403
    assert viewer.get("/staff/audit").status_code == 403
    assert viewer.actions().count("access.refused") == 10


def test_export_erasure_and_audit_are_for_administrators(visitor, reviewer, admin, gateway):
    assert reviewer.post("/staff/conversations/export").status_code == 403
    assert reviewer.post(f"/staff/conversations/{visitor.id}/erase").status_code == 403
    assert reviewer.get("/staff/audit").status_code == 403
    assert "access.refused" in words_of(admin.read("/staff/audit"))
    assert admin.post(f"/staff/conversations/{visitor.id}/erase").status_code == 200
    assert not gateway.log.exists(visitor.id)


def test_names_and_numbers_are_hidden_until_a_reviewer_shows_them(visitor, viewer, reviewer):
    visitor.say("My name is Wilhelmina Quackenbush, call me at (503) 555-0142 or mail wq@example.org")
    path = f"/staff/conversations/{visitor.id}"
    for page in (reviewer.read(path), viewer.read("/staff/conversations"), viewer.read(f"{path}/live")):
        assert "Quackenbush" not in page
        assert "555-0142" not in page
        assert "wq@example.org" not in page
        assert "[phone]" in page
    shown = reviewer.post(f"{path}/reveal").text
    assert "Wilhelmina Quackenbush" in shown
    assert "(503) 555-0142" in shown
    assert reviewer.actions()[-2:] == ["conversation.reveal", "conversation.view"]


def test_the_transcript_says_what_was_understood_and_what_the_answer_rests_on(visitor, viewer):
    visitor.say("How long does RFA last?")
    words = words_of(viewer.read(f"/staff/conversations/{visitor.id}"))
    assert "with 0.93" in words
    assert "0.05" in words
    assert re.search(r"Passage rfa\.\d", words)


def test_an_alarm_is_the_first_queue_with_the_rule_that_fired_and_leaves_when_it_is_done(visitor, reviewer, gateway):
    visitor.say(EMERGENCY)
    start = words_of(reviewer.read("/staff"))
    assert "Alarms not yet seen 1" in start
    assert "Emergency" in start
    words = words_of(reviewer.read(f"/staff/conversations/{visitor.id}"))
    assert "Triage: emergency" in words
    assert re.search(r"Rule [\w-]+ \(", words)
    reviewer.post(f"/staff/queues/alarm/{visitor.id}", does="seen")
    assert f"Seen by {reviewer.name}" in words_of(reviewer.read("/staff/queues/alarm"))
    reviewer.post(f"/staff/queues/alarm/{visitor.id}", does="assign", to=reviewer.name)
    reviewer.post(f"/staff/queues/alarm/{visitor.id}", does="done", note="Called them")
    assert "Alarms not yet seen 0" in words_of(reviewer.read("/staff"))
    assert gateway.log.alarms(unseen=True) == []
    assert [each for each in reviewer.actions() if not each.endswith("view")] == [
        "queue.seen",
        "queue.assigned",
        "queue.done",
    ]


def test_a_reviewer_labels_and_notes(visitor, reviewer, viewer):
    visitor.say("How long does RFA last?")
    message = visitor.history()[1]["id"]
    path = f"/staff/conversations/{visitor.id}"
    assert reviewer.post(f"{path}/messages/{message}/label", topic="rfa_risks_nothing").status_code == 404
    assert reviewer.post(f"{path}/messages/{message}/label", topic="rfa_duration").status_code == 200
    assert reviewer.post(f"{path}/notes", text="Ask again", message_id=message).status_code == 200
    assert reviewer.post(f"{path}/notes", text="On the whole").status_code == 200
    words = words_of(viewer.read(path))
    assert "Staff said that it meant:" in words
    assert "Ask again" in words
    assert "On the whole" in words


def test_a_reviewer_puts_labels_in_words_of_their_own_and_finds_by_them(visitor, reviewer, viewer, gateway):
    visitor.say("How long does RFA last?")
    reply = visitor.history()[-1]["id"]
    path = f"/staff/conversations/{visitor.id}"
    gateway.new_visitor().say("Hello")
    labels = f"{path}/messages/{reply}/labels"
    assert viewer.post(labels, label="x").status_code == 403
    for label in ("  Answer   too short ", "answer too short", "training"):
        assert reviewer.post(labels, label=label).status_code == 200
    for label in ("", "-", "x" * 41, "\x00"):
        assert reviewer.post(labels, label=label).status_code == 422, label
    assert viewer.read(path).count('class="tag label"') == 2
    found = viewer.read("/staff/conversations?label=answer+too+short")
    assert found.count('<li class="card">') == 1
    assert visitor.id in found
    assert reviewer.post(labels, off="answer too short").status_code == 200
    assert "answer too short" not in viewer.read(path)
    assert "No conversation fits." in viewer.read("/staff/conversations?label=answer+too+short")
    assert reviewer.actions().count("message.put-label") == 3
    assert all("short" not in str(each) for each in viewer.audit.entries(limit=100)), "the log keeps no words"


def test_a_note_on_another_conversations_message_is_refused(visitor, reviewer, gateway):
    other = gateway.new_visitor().history()[0]["id"]
    answer = reviewer.post(f"/staff/conversations/{visitor.id}/notes", text="x", message_id=other)
    assert answer.status_code == 404


def test_what_is_said_after_a_message_is_added_to_the_page(visitor, viewer):
    visitor.say("How long does RFA last?")
    last = visitor.history()[-1]["seq"]
    path = f"/staff/conversations/{visitor.id}/live?after={last}"
    assert viewer.get(path).status_code == 204
    visitor.say("And does it hurt?")
    added = viewer.read(path)
    assert added.count('class="line visitor') == 1
    assert "And does it hurt?" in added


def test_a_page_of_what_there_is_not_is_404(viewer):
    for path in (
        "/staff/queues/nothing",
        "/staff/conversations/01ARZ3NDEKTSV4RRFFQ69G5FAV",
        "/staff/appointments/01ARZ3NDEKTSV4RRFFQ69G5FAV",
        "/staff/nothing",
    ):
        assert viewer.get(path).status_code == 404, path
