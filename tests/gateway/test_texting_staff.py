"""Conversations by text message that somebody of the staff has taken over."""

from gateway.local_server import until
from gateway.texter import ALARM, ANSWER, QUESTION, RED_FLAG

from bot.conversations import charge
from bot.conversations.clock import utc_now
from bot.conversations.records import Staff


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
