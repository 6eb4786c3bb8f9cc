"""Which conversation a text message goes into: the telephone's own, a new one, or one of the widget."""

from gateway.texter import NUMBER, QUESTION
from gateway.visitor import client


class TestConversations:
    def test_a_long_pause_begins_a_new_conversation_linked_to_the_old_one(self, parts, phone):
        first = phone.send(QUESTION)
        again = phone.send(QUESTION)
        parts.rest()
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
