"""Consent to text messages: given up and given again by the carriers' words or by one's own, and kept."""

import pytest
from gateway.local_server import until
from gateway.texter import ANSWER, QUESTION, texting

from bot.sms.consent import STOP_WORDS


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
