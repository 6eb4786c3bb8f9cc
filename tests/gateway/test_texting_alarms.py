"""Red flags by text message: the approved text at once, whatever else has been agreed."""

from gateway.texter import ALARM, ANSWER, QUESTION, RED_FLAG, STILL, texting


class TestAlarms:
    def test_a_red_flag_is_answered_at_once_with_the_approved_text_and_numbered_ways_on(self, phone):
        reply = phone.say(RED_FLAG)
        assert reply.startswith(ALARM)
        assert reply.endswith("1 I am getting help\n2 It is an old problem, no worse\n3 You misunderstood, I am safe")
        assert phone.say("what about RFA then?").startswith(STILL)
        assert phone.say("YES").startswith(STILL)
        assert "I am glad that you are safe" in phone.say("3")
        assert phone.say(QUESTION).startswith(ANSWER)

    def test_a_question_in_the_words_that_end_an_alarm_is_answered_in_the_same_text(self, phone):
        phone.say(RED_FLAG)
        reply = phone.say("You misunderstood me, I am fine, that was years ago. " + QUESTION)
        assert "I am glad that you are safe" in reply
        assert ANSWER in reply

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
        parts.rest()
        assert phone.say("hello").startswith(STILL)
