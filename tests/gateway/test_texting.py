"""Text messages over real HTTP: signed, taken once, answered once."""

import pytest
from gateway.local_server import until
from gateway.texter import ANSWER, PUBLIC_URL, QUESTION, RED_FLAG
from gateway.visitor import client

from bot.sms.gsm import size_of


class TestComingIn:
    def test_a_question_is_answered_in_the_webhooks_own_answer(self, parts, phone):
        answer = phone.send(QUESTION)
        assert phone.next().startswith("I am the automated assistant of Parkview Spine & Pain, not a person. " + ANSWER)
        assert len(answer.texts) == 1
        assert answer.texts[0].endswith("\nSource: our FBSS page")
        assert phone.say(QUESTION).startswith(ANSWER)  # who writes is said once
        assert parts.said(answer)[0] == ("visitor", QUESTION)

    def test_rasa_is_asked_with_the_channel_and_never_learns_the_number(self, parts, phone):
        answer = phone.send(QUESTION)
        (asked,) = parts.assistant.turns
        assert (asked.channel, asked.text, asked.conversation_id) == ("sms", QUESTION, parts.conversation_of(answer))
        assert phone.number[2:] not in str(parts.assistant.turns)

    def test_the_widget_beside_it_is_still_the_web(self, parts):
        parts.gateway.new_visitor().say(QUESTION)
        assert parts.assistant.turns[-1].channel == "web"

    def test_the_number_is_in_no_column_and_in_no_line_of_the_log(self, parts, phone, caplog):
        caplog.set_level("DEBUG")
        parts.twilio.failures.extend([20503, 21211])
        parts.assistant.fail(1)
        for words in (QUESTION, RED_FLAG, "STOP", "START", "stop texting me", "1"):
            phone.send(words)
        digits = phone.number[2:]
        tables = parts.sql("SELECT name FROM sqlite_master WHERE type = 'table'")
        assert len(tables) > 10
        for (table,) in tables:
            assert digits not in str(parts.sql(f"SELECT * FROM {table}")), table  # noqa: S608
        assert digits not in caplog.text
        with client(parts.gateway.url) as http:
            assert digits not in http.get("/metrics").text

    @pytest.mark.parametrize(
        "tamper",
        [
            lambda request: request["headers"].pop("X-Twilio-Signature"),
            lambda request: request["headers"].update({"X-Twilio-Signature": "x"}),
            lambda request: request["data"].update(Body="other words"),
            lambda request: request["data"].update(New=""),
            lambda request: request.update(url="/webhooks/sms/status"),
            lambda request: request.update(url="/webhooks/sms?a=1"),
        ],
        ids=["unsigned", "wrong signature", "other words", "a field more", "another path", "a query"],
    )
    def test_what_twilio_has_not_signed_is_refused_and_not_stored(self, parts, phone, tamper):
        fields = parts.twilio.fields(phone.number, QUESTION)
        signature = parts.twilio._validator.compute_signature(f"{PUBLIC_URL}/webhooks/sms", fields)
        request = {"url": "/webhooks/sms", "data": dict(fields), "headers": {"X-Twilio-Signature": signature}}
        tamper(request)
        with client(parts.gateway.url) as http:
            assert http.post(**request).status_code == 403
        assert parts.sql("SELECT * FROM texts_in") == parts.sql("SELECT * FROM phones") == []

    def test_behind_a_proxy_the_public_address_counts(self, parts, phone):
        fields = parts.twilio.fields(phone.number, QUESTION)
        headers = {
            "X-Twilio-Signature": parts.twilio._validator.compute_signature(f"{PUBLIC_URL}/webhooks/sms", fields)
        }
        headers |= {"Host": "10.0.0.7:8000", "X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.7"}
        with client(parts.gateway.url) as http:
            assert http.post("/webhooks/sms", data=fields, headers=headers).status_code == 200

    def test_a_text_to_another_number_is_refused(self, parts, phone):
        assert parts.twilio.text(phone.number, QUESTION, To="+15555550999").status == 403

    def test_a_sender_that_is_no_telephone_gets_nothing(self, parts):
        answer = parts.twilio.text("CLINIC", QUESTION)
        assert (answer.status, answer.texts) == (200, ())
        assert parts.sql("SELECT * FROM phones") == []

    def test_where_text_messages_are_not_set_up_there_is_no_webhook(self, gateway):
        with client(gateway.url) as http:
            for path in ("/webhooks/sms", "/webhooks/sms/status"):
                assert http.post(path, data={"Body": "x"}).status_code == 404
        visitor = gateway.new_visitor()
        assert visitor.http.post(f"{visitor.path}/phone-code").status_code == 404

    @pytest.mark.parametrize(
        ("words", "more", "expected"),
        [
            ("", {"NumMedia": "1", "MediaUrl0": "https://api.twilio.com/x"}, "I cannot see pictures"),
            ("", {}, "I did not receive any words"),
            ("  \n ", {}, "I did not receive any words"),
            ("مرحبا كيف حالك", {}, "I can read English only"),
            ("word " * 320, {}, ANSWER),
            ("😀", {}, ANSWER),
            ("look at this", {"NumMedia": "2"}, ANSWER),
            ("nul \x00 and odd ¿ “quotes”", {}, ANSWER),
        ],
    )
    def test_odd_texts_get_a_sensible_answer(self, phone, words, more, expected):
        reply = phone.say(words, **more)
        assert expected in reply
        assert size_of(reply).encoding == "GSM-7"


class TestOnce:
    def test_a_redelivery_is_the_same_turn_and_gets_no_second_reply(self, parts, phone):
        answer = phone.send(QUESTION)
        for _ in range(3):
            assert parts.twilio.redeliver(answer.sid).texts == ()
        assert len(parts.assistant.turns) == 1
        assert len(parts.twilio.arrived) == 1

    def test_a_late_reply_comes_by_the_rest_api_once(self, parts, phone):
        phone.send(QUESTION)
        with parts.assistant.holding_turns():
            answers = [parts.texter().send(QUESTION) for _ in range(1)]
            assert answers[0].texts == ()
        until(lambda: len(parts.twilio.arrived) == 2)
        assert not parts.twilio.arrived[-1].by_webhook
        assert parts.twilio.redeliver(answers[0].sid).texts == ()

    def test_twilio_in_trouble_is_tried_again_and_a_refusal_is_not(self, parts, phone):
        parts.twilio.failures.append(20429)
        with parts.assistant.holding_turns():
            phone.send(QUESTION)
        assert ANSWER in phone.next()  # after a pause of five seconds
        parts.twilio.failures.append(21211)
        with parts.assistant.holding_turns():
            phone.send(QUESTION)
        until(lambda: parts.sql("SELECT error FROM texts_out WHERE state = 'refused'") == [(21211,)])
        assert phone.nothing_came()

    def test_status_callbacks_in_any_order_leave_the_last_status(self, parts, phone):
        parts.twilio.reorder = True
        for _ in range(5):
            phone.say(QUESTION)
        until(lambda: parts.sql("SELECT DISTINCT status FROM texts_out") == [("delivered",)])
        assert parts.sql("SELECT DISTINCT state FROM texts_out") == [("handed",)]
