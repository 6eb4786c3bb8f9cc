"""While the assistant is away a texter is told once that the answer will come, and then it comes."""

import time

import pytest
from gateway.local_server import until
from gateway.texter import ANSWER, QUESTION, RED_FLAG, texting
from gateway.visitor import client

from bot.gateway import texts
from bot.sms.gsm import septets, size_of
from bot.sms.wording import LONGEST

PATIENCE = 0.5  # seconds
LONG_NAME = "The Parkview Center for Spine Surgery, Pain Medicine and Rehabilitation of Greater Springfield"


@pytest.fixture
def outage(serve, absent_assistant):
    """A gateway with text messages whose assistant is not there yet."""
    with texting(serve, absent_assistant, reply_wait=PATIENCE) as parts:
        yield parts


def one_moment(parts):
    return texts.one_moment(parts.gateway.settings).text


def test_who_texts_meanwhile_is_told_and_gets_the_answer_later(outage, absent_assistant):
    phone = outage.texter()
    assert phone.send(QUESTION).texts == ()
    told = phone.next()
    assert told.endswith(one_moment(outage))
    assert told.startswith("I am the automated assistant")
    assert "911" in told
    time.sleep(2.5)  # two more looks
    assert phone.nothing_came()  # it is told once
    absent_assistant.server.start()
    assert phone.next().startswith(ANSWER)
    assert phone.nothing_came()
    assert [asked.text for asked in absent_assistant.turns] == [QUESTION]


def test_it_is_in_the_log_with_the_question_that_it_answers(outage):
    phone = outage.texter()
    answer = phone.send(QUESTION)
    phone.next()
    asked, told = outage.log.history(outage.conversation_of(answer))
    assert (told.text, told.in_reply_to, asked.state) == (one_moment(outage), asked.id, "pending")


def test_each_text_is_told_of_once_and_across_a_restart(serve, absent_assistant, sqlite_files):
    url = sqlite_files.lend()
    settings = {"database_url": url, "reply_wait": PATIENCE}
    with texting(serve, absent_assistant, **settings) as parts:
        phone = parts.texter()
        for words in (QUESTION, "And SCS?"):
            phone.send(words)
            assert phone.next().endswith(one_moment(parts))
        twilio = parts.twilio
        sms = {name: getattr(parts.gateway.settings, name) for name in SMS}
        with serve(absent_assistant, **settings, **sms):
            time.sleep(2.5)
            assert phone.nothing_came()
            absent_assistant.server.start()
            assert [phone.next().startswith(ANSWER) for _ in range(2)] == [True, True]
        assert len(twilio.arrived) == 4


SMS = ("twilio_account_sid", "twilio_auth_token", "sms_number", "public_url", "twilio_api_url", "clinic_phone")


def test_the_text_is_short_whatever_the_clinic_is_called(serve, absent_assistant):
    with texting(serve, absent_assistant, reply_wait=PATIENCE, clinic_name=LONG_NAME) as parts:
        phone = parts.texter()
        phone.send(QUESTION)
        told = phone.next()
        assert size_of(told).encoding == "GSM-7"
        assert septets(told) <= LONGEST
        assert "In an emergency, call 911 now." in told


def test_what_was_on_offer_can_still_be_picked(outage, absent_assistant):
    phone = outage.texter()
    absent_assistant.replies = [
        {
            "text": "Please check.",
            "response": "utter_ask_confirmed",
            "buttons": [{"title": "Send it", "payload": "Send it"}],
        }
    ]
    absent_assistant.server.start()
    with client(outage.gateway.url) as http:
        until(lambda: http.get("/readyz").json()["checks"]["assistant"] == "ok")
    assert phone.say("Maria Lopez").endswith("1 Send it")
    absent_assistant.server.stop()
    phone.send("is it far?")
    assert phone.next() == one_moment(outage)
    assert phone.say("YES").endswith("please reply with a number:\n1 Send it")
    phone.send("1")
    absent_assistant.server.start()
    until(lambda: [asked.text for asked in absent_assistant.turns[1:]] == ["is it far?", "Send it"])


def test_who_opts_out_hears_no_more_and_an_alarm_is_answered_at_once(outage):
    phone, other = outage.texter(), outage.texter()
    phone.send(QUESTION)
    phone.say("STOP")
    other.say(RED_FLAG)
    time.sleep(2.5)
    assert phone.nothing_came()
    assert other.nothing_came()


def test_an_assistant_that_is_only_slow_is_waited_for(serve, assistant):
    with texting(serve, assistant, reply_wait=PATIENCE, sms_wait=0.3, assistant_timeout=60) as parts:
        assistant.seconds = 3.0
        phone = parts.texter()
        phone.send(QUESTION)
        assert ANSWER in phone.next()
