"""What triage answers, and how an alarm stays and ends; no model is needed."""

import pytest

from bot.safety.alarms import OpenAlarm, SettledAlarm, respond
from bot.safety.replies import safety_texts
from bot.safety.verdicts import Fired, Verdict


def verdict(level="emergency", family="bladder", language="en", changing=False, name="bladder-cannot-go"):
    fired = (Fired("rule", name, family, level, "can not pee"),)
    return Verdict(fired=fired, language=language, changing=changing)


NOTHING = Verdict()
OPEN = OpenAlarm("emergency", "bladder", "en", ("bladder-cannot-go",))
CRISIS = OpenAlarm("crisis", "crisis", "en", ("crisis-plan",))


def test_what_is_no_alarm_is_for_the_assistant():
    assert respond(NOTHING, "stays", None) is None


def test_an_alarm_is_answered_with_the_approved_text_and_a_question():
    response = respond(verdict(), "stays", None)
    assert [reply.text for reply in response.replies] == [
        safety_texts()["emergency"].text,
        safety_texts()["ask_emergency"].text,
    ]
    assert response.raised
    assert len(response.replies[1].buttons) == 3


def test_the_clinics_telephone_is_named_where_it_is_set():
    response = respond(verdict(), "stays", None, phone="(503) 555-0129")
    assert "(503) 555-0129" in response.replies[0].text
    assert response.replies[0].text.startswith("This could be a medical emergency. Call 911")


def test_too_much_medicine_names_poison_control():
    assert "1-800-222-1222" in respond(verdict(family="overdose"), "stays", None).replies[0].text


def test_spanish_is_answered_in_spanish():
    response = respond(verdict(language="es"), "stays", None)
    assert response.replies[0].text == safety_texts()["emergency"].es
    assert response.replies[1].buttons[0] == "Ya me están ayudando"


def test_something_urgent_is_told_and_does_not_stay():
    response = respond(verdict("urgent", "urgent"), "stays", None)
    assert [reply.kind for reply in response.replies] == ["handoff"]
    assert response.raised


@pytest.mark.parametrize("alarm", [OPEN, CRISIS])
def test_while_it_is_open_everything_else_waits(alarm):
    (reply,) = respond(NOTHING, "stays", alarm).replies
    assert reply.kind == alarm.level
    assert reply.buttons


@pytest.mark.parametrize("said", ["getting_help", "long_standing", "mistake"])
def test_the_visitor_ends_it(said):
    response = respond(NOTHING, said, OPEN)
    assert response.settled == said
    assert not response.raised


@pytest.mark.parametrize("said", ["long_standing", "mistake"])
def test_it_does_not_end_with_a_message_that_names_a_sign(said):
    assert respond(verdict(), said, OPEN).settled is None


def test_thoughts_of_suicide_are_never_an_old_problem():
    assert respond(NOTHING, "long_standing", CRISIS).settled is None
    assert "It is an old problem, no worse" not in respond(NOTHING, "stays", CRISIS).replies[0].buttons


def test_another_kind_of_alarm_gets_its_own_text():
    response = respond(verdict("crisis", "crisis"), "stays", OPEN)
    assert response.raised
    assert response.replies[0].text == safety_texts()["crisis"].text


def test_what_was_called_old_does_not_alarm_again_unless_it_changes_or_something_else_is_found():
    settled = [SettledAlarm(("bladder-cannot-go",), "long_standing")]
    assert respond(verdict(), "stays", None, settled) is None
    assert respond(verdict(changing=True), "stays", None, settled).raised
    assert respond(verdict(name="saddle-numb"), "stays", None, settled).raised


def test_what_help_came_for_alarms_again():
    assert respond(verdict(), "stays", None, [SettledAlarm(("bladder-cannot-go",), "getting_help")]).raised


def test_the_number_to_call_stands_at_the_beginning_of_every_sms():
    for name in ("emergency", "overdose", "crisis", "still_emergency", "still_overdose", "still_crisis"):
        for text in (safety_texts()[name].sms, safety_texts()[name].sms_es):
            assert len(text) <= 320
            assert "911" in text[:160] or "988" in text[:160]
