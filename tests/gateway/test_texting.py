"""Text messages over real HTTP: signed, taken once, answered once, with consent kept."""

import pytest
from gateway.fake_assistant import button, said
from gateway.local_server import until
from gateway.texter import NUMBER, PUBLIC_URL, texting
from gateway.visitor import client

from bot.conversations import charge
from bot.conversations.clock import utc_now
from bot.conversations.records import Staff
from bot.safety.replies import safety_texts
from bot.sms.consent import STOP_WORDS
from bot.sms.gsm import size_of

QUESTION = "How long does RFA last?"
RED_FLAG = "I cannot feel my legs and cannot pee since this morning"
ANSWER = "RFA can offer 6 to 18 months of relief"
ALARM = safety_texts()["emergency"].sms
STILL = safety_texts()["still_emergency"].sms


@pytest.fixture
def parts(serve, assistant):
    with texting(serve, assistant, sms_wait=1.5, assistant_timeout=60) as running:
        yield running


@pytest.fixture
def phone(parts):
    return parts.texter()


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


class TestAlarms:
    def test_a_red_flag_is_answered_at_once_with_the_approved_text_and_numbered_ways_on(self, phone):
        reply = phone.say(RED_FLAG)
        assert reply.startswith(ALARM)
        assert reply.endswith("1 I am getting help\n2 It is an old problem, no worse\n3 You misunderstood, I am safe")
        assert phone.say("what about RFA then?").startswith(STILL)
        assert phone.say("YES").startswith(STILL)
        assert "I am glad that you are safe" in phone.say("3")
        assert phone.say(QUESTION).startswith(ANSWER)

    def test_a_stop_word_within_a_longer_text_does_not_hide_a_red_flag(self, phone):
        assert phone.say("STOP I can't feel my legs and cannot pee").startswith(ALARM)

    def test_who_has_opted_out_is_not_written_to_but_staff_hear_of_a_red_flag(self, serve, assistant):
        with texting(serve, assistant, staff_webhook_url="http://127.0.0.1:9/") as parts:
            phone = parts.texter()
            phone.say("STOP")
            phone.silent(RED_FLAG)
            (alarm,) = parts.log.alarms()
            assert alarm.level == "emergency"
            ((content,),) = parts.sql("SELECT content FROM notices WHERE key LIKE 'alarm:%'")
            assert content
            phone.silent(RED_FLAG)
            phone.silent("hello?")
            reply = phone.say("START")
            assert reply.startswith(STILL)

    def test_an_alarm_stays_with_the_telephone_over_a_long_pause(self, parts, phone):
        phone.say(RED_FLAG)
        self.rest(parts)
        assert phone.say("hello").startswith(STILL)

    @staticmethod
    def rest(parts):
        with parts.database.write() as session:
            from sqlalchemy import text

            session.execute(text("UPDATE phones SET last_text_at = '2020-01-01 00:00:00.000000'"))


class TestConsent:
    @pytest.mark.parametrize("word", STOP_WORDS)
    def test_a_stop_word_opts_out_with_one_confirmation_and_then_nothing_is_sent(self, parts, phone, word):
        phone.say(QUESTION)
        assert "no more texts" in phone.say(f" {word.lower()}. ")
        for words in (word, QUESTION, "HELP", "2", "", "stop texting me"):
            phone.silent(words)
        assert len(parts.assistant.turns) == 1

    @pytest.mark.parametrize("word", ["START", "unstop", "Yes!"])
    def test_a_start_word_opts_in_again(self, phone, word):
        phone.say("STOP")
        assert "again" in phone.say(word)
        assert phone.say(QUESTION).startswith(ANSWER)

    def test_a_late_answer_is_not_sent_to_who_has_opted_out_meanwhile(self, parts, phone):
        with parts.assistant.holding_turns():
            phone.send(QUESTION)
            phone.say("STOP")
        until(lambda: not parts.sql("SELECT * FROM texts_in WHERE state = 'open'"))
        assert phone.nothing_came()

    def test_what_twilio_has_replied_to_is_recorded_in_silence(self, serve, assistant):
        with texting(serve, assistant, opt_out_handled=True) as parts:
            phone = parts.texter()
            phone.silent("STOP")
            assert parts.sql("SELECT opted_out_how FROM phones") == [("STOP",)]
            phone.silent(QUESTION)
            phone.silent("START")
            phone.silent("HELP")
            assert ANSWER in phone.say(QUESTION)

    def test_the_help_text_names_all_that_it_must(self, phone):
        reply = phone.say("Info?")
        for needed in ("Parkview Spine & Pain", "+1 555 0100", "STOP", "rates may apply", "911", "988"):
            assert needed in reply
        assert reply.index("+1 555 0100") < 160

    def test_a_refusal_in_other_words_counts_after_one_question(self, phone):
        assert "no more texts" in phone.say("please stop texting me")
        assert "You get no more texts" in phone.say("1")
        phone.silent(QUESTION)

    def test_a_refusal_that_was_none_changes_nothing(self, phone):
        phone.say("please stop texting me")
        assert "we go on" in phone.say("2")
        phone.say("please stop texting me")
        assert ANSWER in phone.say(QUESTION)

    @pytest.mark.parametrize("words", ["cancel my appointment", "stop the nerve pain", "should I stop my pregabalin"])
    def test_words_about_something_else_reach_the_assistant(self, parts, phone, words):
        phone.say(words)
        assert parts.assistant.turns[-1].text == words

    def test_cancel_tells_staff_and_keeps_all_else(self, serve, assistant):
        with texting(serve, assistant, staff_webhook_url="http://127.0.0.1:9/") as parts:
            phone = parts.texter()
            phone.say(QUESTION)
            phone.say("Cancel")
            assert len(parts.sql("SELECT * FROM notices WHERE key LIKE 'text-cancel:%'")) == 1
            assert len(parts.assistant.turns) == 1
            phone.silent("cancel")
            assert len(parts.sql("SELECT * FROM notices")) == 1


class TestChoices:
    def test_a_number_is_the_choice_that_is_on_offer(self, parts, phone):
        parts.assistant.replies = [
            said("utter_did_you_mean", button("What RFA is", "rfa"), button("What SCS is", "scs"))
        ]
        assert phone.say("what does it do").endswith("\n1 What RFA is\n2 What SCS is")
        parts.assistant.replies = [said("utter_faq/scs", channel="sms")]
        phone.say("the second")
        assert parts.assistant.turns[-1].text == "What SCS is"
        phone.say("2")
        assert parts.assistant.turns[-1].text == "2"

    def test_a_bare_yes_to_a_booking_asks_for_the_number_again_and_again(self, parts, phone):
        confirm = {"text": "Please check.", "response": "utter_ask_confirmed", "buttons": [
            {"title": title, "payload": title, "topic": None} for title in ("Send it", "Change something", "Never mind")
        ]}  # fmt: skip
        parts.assistant.replies = [confirm]
        assert phone.say("Maria Lopez").endswith("1 Send it\n2 Change something\n3 Never mind")
        for words in ("YES", "yes.", "Yes"):
            assert (
                phone.say(words)
                == "To be sure, please reply with a number:\n1 Send it\n2 Change something\n3 Never mind"
            )
        assert len(parts.assistant.turns) == 1
        phone.say("1")
        assert parts.assistant.turns[-1].text == "Send it"

    def test_a_bare_yes_confirms_no_booking_on_its_second_page_either(self, parts, phone):
        parts.assistant.replies = [
            {
                "text": "Reason: pain. " * 40,
                "response": "utter_ask_confirmed",
                "buttons": [{"title": "Send it", "payload": "Send it"}],
            }
        ]
        assert phone.say("Maria Lopez").endswith("1 Send it\nReply 2 for more")
        assert phone.say("yes").endswith("\n1 Send it")
        phone.say("Maria Lopez")
        phone.say("2")
        phone.say("yes")
        assert [asked.text for asked in parts.assistant.turns] == ["Maria Lopez", "Maria Lopez"]


class TestConversations:
    def test_a_long_pause_begins_a_new_conversation_linked_to_the_old_one(self, parts, phone):
        first = phone.send(QUESTION)
        again = phone.send(QUESTION)
        TestAlarms.rest(parts)
        later = phone.send(QUESTION)
        old, new = parts.conversation_of(first), parts.conversation_of(later)
        assert parts.conversation_of(again) == old != new
        assert (new, old) in parts.sql("SELECT conversation_id, previous_id FROM phone_conversations")
        assert parts.sql("SELECT DISTINCT channel FROM conversations") == [("sms",)]

    def test_an_erased_conversation_takes_its_texts_with_it_and_the_next_is_new(self, parts, phone):
        first = phone.send(QUESTION)
        parts.log.erase(parts.conversation_of(first))
        assert parts.sql("SELECT * FROM texts_out") == parts.sql("SELECT * FROM messages") == []
        phone.say("STOP")  # what is kept is the consent
        assert parts.sql("SELECT opted_out_how FROM phones") == [("STOP",)]
        assert parts.twilio.redeliver(first.sid).texts == ()

    def test_a_code_of_the_widget_joins_the_telephone_to_its_conversation(self, parts, phone):
        visitor = parts.gateway.new_visitor()
        visitor.say(QUESTION)
        code = visitor.http.post(f"{visitor.path}/phone-code")
        assert code.status_code == 201
        assert code.json()["number"] == NUMBER
        assert "go on here" in phone.say(code.json()["code"].lower())
        answer = phone.send("And how long does that last?")
        assert parts.conversation_of(answer) == visitor.id
        assert "And how long does that last?" in [each["text"] for each in visitor.history()]
        assert [asked.channel for asked in parts.assistant.turns] == ["web", "sms"]
        assert "does not work" in parts.texter().say(code.json()["code"])

    def test_who_was_joined_against_their_will_leaves_by_a_number(self, parts, phone):
        visitor = parts.gateway.new_visitor()
        code = visitor.http.post(f"{visitor.path}/phone-code").json()["code"]
        assert phone.say(code).endswith("\n1 This was not me")
        assert "has left the web chat" in phone.say("1")
        answer = phone.send(QUESTION)
        assert parts.conversation_of(answer) != visitor.id
        assert QUESTION not in [each["text"] for each in visitor.history()]

    def test_a_code_is_for_who_holds_the_token(self, parts):
        visitor = parts.gateway.new_visitor()
        with client(parts.gateway.url) as http:
            assert http.post(f"{visitor.path}/phone-code").status_code == 404


class TestStaff:
    """Somebody of the staff answers a conversation in the assistant's place."""

    @staticmethod
    def taken(parts, answer):
        """Let Dana answer the conversation of a text; return what she says it with."""
        conversation = parts.conversation_of(answer)
        dana = Staff("Dana", "nurse")

        def do(what, *arguments, **more):
            with parts.database.write() as session:
                return what(session, conversation, "dana", *arguments, now=utc_now(), **more)

        do(charge.take, dana)
        return do

    def test_what_staff_write_reaches_the_telephone_and_the_assistant_is_silent(self, parts, phone):
        do = self.taken(parts, phone.send(QUESTION))
        assert phone.next().startswith("I am the automated assistant")
        assert phone.next().startswith("Dana (nurse) has joined the chat.")
        phone.silent("How are you?")
        do(charge.say, "Let’s talk – call me at 3.")
        assert phone.next() == "Let's talk - call me at 3."
        do(charge.give_back, even_anothers=False)
        assert phone.next().startswith("Dana has left the chat.")
        assert phone.say(QUESTION).startswith(ANSWER)
        assert len(parts.assistant.turns) == 2

    def test_words_to_the_carrier_and_red_flags_are_answered_all_the_same(self, parts, phone):
        do = self.taken(parts, phone.send(QUESTION))
        phone.next()
        phone.next()
        assert "Text STOP" in phone.say("HELP")
        assert phone.say(RED_FLAG).startswith(ALARM)
        assert "no more texts" in phone.say("STOP")
        do(charge.say, "Are you there?")
        phone.silent("hello")

    def test_a_text_that_waits_when_somebody_takes_over_needs_no_reply_of_the_assistant(self, parts, phone):
        phone.say(QUESTION)
        with parts.assistant.holding_turns():
            self.taken(parts, phone.send(QUESTION))
            until(lambda: not parts.sql("SELECT * FROM texts_in WHERE state = 'open'"))
        assert phone.next().startswith("Dana (nurse) has joined")
        assert phone.nothing_came()

    def test_what_was_written_before_a_telephone_joined_is_not_sent_to_it(self, parts, phone):
        visitor = parts.gateway.new_visitor()
        with parts.database.write() as session:
            charge.take(session, visitor.id, "dana", Staff("Dana", "nurse"), utc_now())
        code = visitor.http.post(f"{visitor.path}/phone-code").json()["code"]
        assert "go on here" in phone.say(code)
        phone.silent("hello Dana")
        with parts.database.write() as session:
            charge.say(session, visitor.id, "dana", "Hello there.", utc_now())
        assert phone.next() == "Hello there."
