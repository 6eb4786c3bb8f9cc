"""Choices by text message: a number means the one on offer, and a bare yes none of a booking."""

from gateway.fake_assistant import button, said


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

    def test_a_yes_that_comes_before_the_question_confirms_no_booking_either(self, parts, phone):
        confirm = {
            "text": "Please check.",
            "response": "utter_ask_confirmed",
            "buttons": [{"title": "Send it", "payload": "Send it"}],
        }
        parts.assistant.replies = [confirm]
        with parts.assistant.holding_turns():
            phone.send("my back hurts")
            phone.send("YES")
        assert phone.next().endswith("Please check.\n1 Send it")
        assert phone.next() == "To be sure, please reply with a number:\n1 Send it"
        assert [asked.text for asked in parts.assistant.turns] == ["my back hurts"]
