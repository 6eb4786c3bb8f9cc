"""Conversations in which a consultation is booked: the plain way, and every way that goes off it."""

import pytest
from booking.booking_examples import CIPHER, REQUEST, hours
from dialogue.booking_driver import put_in_place

from bot.booking.book import Book
from bot.booking.errors import NoSuchConversation
from bot.dialogue.consultation import Consultation

BOOK = "book_consultation"
ASKING = {
    "name": "ask_consultation_form_patient_name",
    "contact": "ask_consultation_form_contact",
    "time": "ask_time",
    "reason": "ask_consultation_form_reason",
    "confirm": "ask_confirmed",
}
ANSWERS = {
    "name": "Ann Lee",
    "contact": "404 555 0190",
    "time": "2",
    "reason": "pain since my fusion",
    "confirm": "yes",
}
MONDAY = "Monday, November 23, 1:00 PM EST"  # the second time that is offered


def up_to(chat, detail):
    """Book until this detail is asked for."""
    chat.say("I want to book a consultation", BOOK)
    for asked, answer in ANSWERS.items():
        if asked == detail:
            break
        chat.say(answer)
    assert asks(chat) == detail


def asks(chat):
    return chat.said[-1].asks


def status(chat):
    return [(each.booking.status, each.booking.reference) for each in chat.said if each.booking]


def summary(chat):
    lines = [line.split(": ", 1) for line in chat.text.splitlines() if ": " in line]
    return {name.lower(): value for name, value in lines}


class TestThePlainWay:
    def test_each_detail_is_asked_for_and_the_summary_is_sent_on_a_yes(self, chat):
        chat.say("I want to book a consultation", BOOK)
        assert chat.responses[0] == "booking_begins"
        for asked, answer in ANSWERS.items():
            assert chat.responses[-1] == ASKING[asked]
            assert (chat.said[-1].kind, chat.said[-1].topic, chat.said[-1].asks) == ("booking", BOOK, asked)
            assert chat.made == ()
            chat.say(answer)
        (made,) = chat.made
        assert (made.patient_name, made.contact, made.reason) == ("Ann Lee", "+14045550190", "pain since my fusion")
        assert made.local_start.isoformat() == "2026-11-23T13:00:00-05:00"
        assert status(chat) == [("requested", made.reference)]
        assert MONDAY in chat.text
        assert made.reference in chat.text
        assert chat.form is None

    def test_staff_get_what_the_visitor_confirmed(self, chat):
        up_to(chat, "confirm")
        shown = chat.text
        chat.say("yes")
        assert chat.made[0].summary in shown

    def test_where_the_clinic_confirms_at_once_so_is_told(self, chat, sqlite, clock, monkeypatch):
        confirming = hours(confirmation="at_once")
        put_in_place(monkeypatch, Book(sqlite, confirming, cipher=CIPHER, clock=clock), confirming, clock)
        up_to(chat, "confirm")
        assert f"is booked for {MONDAY}" in chat.say("Send it")
        assert status(chat) == [("confirmed", chat.made[0].reference)]

    def test_the_chosen_time_is_held_meanwhile(self, chat, book):
        before = book.offered()
        up_to(chat, "confirm")
        slot = Consultation.from_slots(chat.slots).slot
        assert slot in before
        assert slot not in book.offered()

    def test_a_yes_afterwards_does_not_begin_another(self, chat):
        up_to(chat, "confirm")
        chat.say("yes")
        chat.say("ok", "affirm")
        assert chat.form is None
        assert len(chat.made) == 1

    @pytest.mark.parametrize("text", ["yes", "Send it", "looks good", "yep that's right", "correct"])
    def test_a_yes_has_many_words(self, chat, text):
        up_to(chat, "confirm")
        chat.say(text)
        assert len(chat.made) == 1

    def test_a_short_message_has_short_texts(self, chat):
        chat.channel = "sms"
        up_to(chat, "confirm")
        chat.say("yes")
        assert all(len(each.text) <= 320 for each in chat.said)


class TestSeveralDetailsInOneMessage:
    def test_what_is_told_at_once_is_not_asked_again(self, chat):
        chat.say("I want to book. I'm Ann Lee, 404 555 0190", BOOK)
        assert asks(chat) == "time"
        chat.say("2")
        assert asks(chat) == "reason"

    def test_all_in_the_answer_to_the_first_question(self, chat):
        up_to(chat, "name")
        chat.say("Ann Lee, 404-555-0190, november 24 at 9am, leg pain")
        assert summary(chat)["name"] == "Ann Lee"
        assert summary(chat)["contact"] == "(404) 555-0190"
        assert summary(chat)["time"] == "Tuesday, November 24, 9:00 AM EST"
        assert summary(chat)["reason"] == "leg pain"
        assert asks(chat) == "confirm"

    def test_a_wish_for_a_day_offers_its_times(self, chat):
        chat.say("can I come in on wednesday afternoon? Ann Lee, 404 555 0190", BOOK)
        assert chat.titles[0] == "Wed, Nov 25, 1:00 PM"

    def test_two_contacts_are_both_shown_and_the_first_is_kept(self, chat):
        up_to(chat, "contact")
        chat.say("404 555 0190 or ann@clinic.example")
        chat.say("2")
        chat.say("skip")
        assert summary(chat)["contact"] == "(404) 555-0190, ann@clinic.example"
        chat.say("yes")
        assert chat.made[0].contact == "+14045550190"


class TestForARelative:
    def test_the_name_is_the_patients_and_whose_it_is_is_kept(self, chat):
        chat.say("I need an appointment for my mother", BOOK)
        for answer in ("Rosa Diaz", "404 555 0190", "2", "her hip hurts"):
            chat.say(answer)
        assert summary(chat)["name"] == "Rosa Diaz (my mother)"
        chat.say("yes")
        assert (chat.made[0].patient_name, chat.made[0].for_whom) == ("Rosa Diaz", "my mother")

    def test_it_may_be_told_with_the_name(self, chat):
        up_to(chat, "name")
        chat.say("it's for my dad, his name is Luis Diaz")
        assert asks(chat) == "contact"
        assert Consultation.from_slots(chat.slots).for_whom == "my dad"


class TestCorrections:
    @pytest.mark.parametrize(
        ("text", "line", "value"),
        [
            ("no, my name is Anna Leigh", "name", "Anna Leigh"),
            ("the number is wrong, it's 404 555 0123", "contact", "(404) 555-0123"),
            ("actually make it november 25 at 9am", "time", "Wednesday, November 25, 9:00 AM EST"),
            ("the reason is wrong, it's for my neck pain", "reason", "my neck pain"),
        ],
    )
    def test_at_the_summary_a_new_value_is_taken_and_shown(self, chat, text, line, value):
        up_to(chat, "confirm")
        chat.say(text)
        assert value in summary(chat)[line]
        assert asks(chat) == "confirm"
        assert chat.made == ()

    @pytest.mark.parametrize(
        ("text", "detail"),
        [
            ("the name is wrong", "name"),
            ("the number is wrong", "contact"),
            ("wrong time", "time"),
            ("the reason is not right", "reason"),
            ("the reason is wrong", "reason"),
            ("name", "name"),
            ("phone number please", "contact"),
        ],
    )
    def test_at_the_summary_what_is_wrong_is_asked_again(self, chat, text, detail):
        up_to(chat, "confirm")
        chat.say(text)
        assert asks(chat) == detail
        assert "booking_changed" not in chat.responses  # it is not yet
        chat.say(ANSWERS[detail])
        assert asks(chat) == "confirm"

    @pytest.mark.parametrize("detail", ["contact", "time", "reason"])
    def test_the_name_can_be_corrected_at_each_point(self, chat, detail):
        up_to(chat, detail)
        chat.say("the name is wrong, my name is Anna Leigh")
        assert Consultation.from_slots(chat.slots).patient_name == "Anna Leigh"
        assert asks(chat) == detail

    @pytest.mark.parametrize("detail", ["time", "reason"])
    def test_the_contact_can_be_corrected_at_each_point(self, chat, detail):
        up_to(chat, detail)
        chat.say("sorry, wrong number, it's 404 555 0123")
        assert Consultation.from_slots(chat.slots).contacts[0].value == "+14045550123"
        assert asks(chat) == detail

    def test_the_time_can_be_corrected_before_the_summary(self, chat):
        up_to(chat, "reason")
        chat.say("can we change the time to november 25 at 9am")
        assert Consultation.from_slots(chat.slots).slot.starts_at.day == 25

    @pytest.mark.parametrize("text", ["no", "Change something", "not quite"])
    def test_a_bare_no_is_asked_what_to_change(self, chat, text):
        up_to(chat, "confirm")
        chat.say(text)
        assert chat.responses == ["booking_what_to_change", "ask_confirmed"]

    def test_a_yes_but_is_no_yes(self, chat):
        up_to(chat, "confirm")
        chat.say("yes but the number is wrong", {"affirm": 0.9, "deny": 0.1})
        assert asks(chat) == "contact"
        assert chat.made == ()

    def test_the_time_given_up_is_free_again(self, chat, book):
        up_to(chat, "confirm")
        before = Consultation.from_slots(chat.slots).slot
        chat.say("wrong time")
        assert before in book.offered()


class TestInterruptions:
    @pytest.mark.parametrize("detail", ASKING)
    def test_a_question_is_answered_and_the_same_is_asked_again(self, chat, detail):
        up_to(chat, detail)
        chat.say("what is RFA?", "faq/rfa")
        assert chat.responses == ["faq/rfa", ASKING[detail]]
        assert [each.kind for each in chat.said] == ["answer", "booking"]

    @pytest.mark.parametrize("detail", ASKING)
    @pytest.mark.parametrize(
        ("text", "label", "response"),
        [
            ("can I talk to a person?", "talk_to_human", "talk_to_human"),
            ("what does it cost?", "not_in_source/clinic", "not_in_source/clinic"),
            ("should I stop my pills?", "personal_advice/stop_mix", "personal_advice/stop_mix"),
            ("can you cancel my other appointment?", "manage_booking", "booking_first"),
        ],
    )
    def test_so_is_what_is_not_answered(self, chat, detail, text, label, response):
        up_to(chat, detail)
        chat.say(text, label)
        assert response in chat.responses
        assert asks(chat) == detail
        assert chat.form == "consultation_form"

    @pytest.mark.parametrize("detail", ["name", "contact", "time", "reason"])
    def test_wanting_to_book_while_booking_changes_nothing(self, chat, detail):
        up_to(chat, detail)
        chat.say("I want to book", BOOK)
        assert asks(chat) == detail

    @pytest.mark.parametrize("detail", ASKING)
    def test_why_is_told_for_each_detail(self, chat, detail):
        up_to(chat, detail)
        chat.say("why do you need that?")
        assert chat.responses == [f"booking_why/{detail}", ASKING[detail]]

    @pytest.mark.parametrize(
        "text", ["something is wrong with my back these days", "my old surgery went wrong at the time"]
    )
    def test_a_reason_with_such_words_is_a_reason(self, chat, text):
        up_to(chat, "reason")
        chat.say(text)
        assert summary(chat)["reason"] == text

    def test_no_consultation_is_offered_after_an_answer(self, chat):
        up_to(chat, "contact")
        chat.say("what is RFA?", "faq/rfa")
        assert "offer_consultation" not in chat.responses


class TestBadInput:
    @pytest.mark.parametrize(
        ("detail", "text", "response"),
        [
            ("contact", "555", "booking_contact/too_short"),
            ("contact", "404 555 019", "booking_contact/too_short"),
            ("contact", "1234567890123456789", "booking_contact/too_long"),
            ("contact", "ann@clinic", "booking_contact/not_an_address"),
            ("contact", "blue", "booking_not_understood/contact"),
            ("time", "yesterday", "booking_time/past"),
            ("time", "february 30", "booking_time/impossible"),
            ("time", "blue", "booking_not_understood/time"),
            ("name", "12345", "booking_not_understood/name"),
            ("name", "?!", "booking_not_understood/name"),
            ("confirm", "blue", "booking_not_understood/confirm"),
        ],
    )
    def test_what_is_wrong_is_said_and_asked_again(self, chat, detail, text, response):
        up_to(chat, detail)
        chat.say(text)
        assert chat.responses == [response, ASKING[detail]]
        assert asks(chat) == detail

    @pytest.mark.parametrize("detail", ["name", "contact", "time", "confirm"])
    def test_after_two_misses_the_ways_out_are_told(self, chat, detail):
        up_to(chat, detail)
        chat.say("?!")
        assert "booking_ways_out" not in chat.responses
        chat.say("?!")
        assert "booking_ways_out" in chat.responses
        chat.say(ANSWERS[detail])
        assert asks(chat) != detail

    @pytest.mark.parametrize("detail", ASKING)
    @pytest.mark.parametrize("text", ["x" * 2_000, "'; DROP TABLE appointments; --", "{summary}", "\u202e\u0000"])
    def test_nothing_that_is_typed_breaks_it(self, chat, detail, text):
        up_to(chat, detail)
        chat.say(text)
        assert chat.form == "consultation_form"
        assert chat.made == ()


class TestDeclining:
    def test_a_first_name_is_enough(self, chat):
        up_to(chat, "name")
        chat.say("I'd rather not say")
        assert chat.responses == ["booking_declined/name", ASKING["name"]]
        chat.say("Ann")
        assert asks(chat) == "contact"

    def test_without_any_contact_nothing_is_sent(self, chat):
        up_to(chat, "contact")
        chat.say("no phone")
        assert chat.responses == ["booking_declined/contact", ASKING["contact"]]
        chat.say("no email either, I'd rather not", "booking/decline")
        assert chat.responses == ["booking_without_contact"]
        assert status(chat) == [("aborted", None)]
        assert "contact the office" in chat.text
        assert chat.form is None

    @pytest.mark.parametrize("text", ["skip", "I'd rather not say", "no"])
    def test_the_reason_may_be_left_out(self, chat, text):
        up_to(chat, "reason")
        chat.say(text)
        assert summary(chat)["reason"] == "not given"

    def test_a_time_may_be_left_to_the_office(self, chat):
        up_to(chat, "time")
        chat.say("I'd rather not say", "booking/decline")
        chat.say("skip")
        chat.say("yes")
        (made,) = chat.made
        assert (made.status, made.slot) == ("proposed", None)


class TestNeverMind:
    @pytest.mark.parametrize("detail", ASKING)
    @pytest.mark.parametrize("text", ["never mind", "stop", "cancel", "I changed my mind"])
    def test_it_ends_at_any_point_and_nothing_is_kept(self, chat, book, detail, text):
        free = book.offered()
        up_to(chat, detail)
        chat.say(text)
        assert chat.responses == ["booking_aborted"]
        assert status(chat) == [("aborted", None)]
        assert chat.form is None
        assert chat.made == ()
        assert Consultation.from_slots(chat.slots) is None
        assert book.offered() == free

    def test_it_can_be_begun_again(self, chat):
        up_to(chat, "reason")
        chat.say("never mind")
        up_to(chat, "confirm")


class TestTimes:
    def test_others_are_offered_where_none_suits_whichever_room(self, chat):
        up_to(chat, "time")
        first = chat.titles[:-1]
        chat.say("none of those", "booking/none_fit")
        assert chat.responses == ["booking_time/others", "ask_time"]
        assert not set(first) & set(chat.titles[:-1])
        chat.say("no")
        assert chat.responses == ["booking_time/by_office", "ask_period"]
        chat.say("only on sundays")
        chat.say("skip")
        assert summary(chat)["time"] == "only on sundays (the office will agree on a time)"

    def test_the_office_can_be_asked(self, chat):
        up_to(chat, "time")
        chat.say("Ask the office for another time")
        assert chat.responses == ["booking_time/by_office", "ask_period"]

    def test_where_no_time_fits_the_wish_goes_to_the_office(self, chat):
        up_to(chat, "time")
        chat.say("saturday")
        assert chat.responses == ["booking_time/none_then", ASKING["reason"]]
        chat.say("skip")
        chat.say("yes")
        (made,) = chat.made
        assert (made.status, made.requested_period) == ("proposed", "saturday")

    @pytest.mark.parametrize("text", ["the second one", "2", "Mon, Nov 23, 1:00 PM", "monday at 1pm"])
    def test_a_time_is_chosen_in_many_words(self, chat, text):
        up_to(chat, "time")
        chat.say(text)
        chat.say("skip")
        assert summary(chat)["time"] == MONDAY

    def test_one_that_is_taken_while_it_is_chosen_is_told_so_and_not_offered_again(self, chat, another, book):
        up_to(chat, "time")
        offered = Consultation.from_slots(chat.slots).offered
        book.hold(another.conversation_id, offered[1])
        chat.say("2")
        assert chat.responses == ["booking_time/taken", "ask_time"]
        assert offered[1] not in Consultation.from_slots(chat.slots).offered

    def test_one_that_is_taken_between_summary_and_yes_is_asked_again(self, chat, another, book, clock):
        up_to(chat, "confirm")
        slot = Consultation.from_slots(chat.slots).slot
        clock.advance(minutes=11)
        book.book("faster", another.conversation_id, REQUEST, slot)
        chat.say("yes")
        assert chat.responses == ["booking_time/taken", "ask_time"]
        assert chat.made == ()
        chat.say("3")
        assert asks(chat) == "confirm"
        chat.say("yes")
        assert len(chat.made) == 1

    def test_a_hold_that_ran_out_is_no_harm_where_nobody_else_came(self, chat, clock):
        up_to(chat, "confirm")
        clock.advance(minutes=11)
        chat.say("yes")
        assert len(chat.made) == 1


class TestWithoutHours:
    @pytest.fixture
    def availability(self):
        return None

    def test_a_wish_is_asked_for_and_a_call_back_requested(self, chat):
        chat.say("I want to book", BOOK)
        for answer in ("Ann Lee", "404 555 0190"):
            chat.say(answer)
        assert chat.responses == ["ask_period"]
        assert asks(chat) == "time"
        for answer in ("tuesdays after lunch", "leg pain"):
            chat.say(answer)
        assert summary(chat)["time"] == "tuesdays after lunch (the office will agree on a time)"
        chat.say("yes")
        (made,) = chat.made
        assert (made.status, made.requested_period) == ("proposed", "tuesdays after lunch")
        assert "(404) 555-0190 to agree on a time" in chat.text
        assert status(chat) == [("requested", made.reference)]


class TestOnlyOnce:
    def test_the_same_message_books_once(self, chat):
        up_to(chat, "confirm")
        chat.say("yes")
        said = chat.text
        assert chat.again() == said
        assert len(chat.made) == 1

    def test_the_same_message_requests_one_call_back(self, chat):
        up_to(chat, "time")
        chat.say("saturday")
        chat.say("skip")
        chat.say("yes")
        chat.again()
        assert len(chat.made) == 1

    def test_what_fails_is_not_said_to_be_booked(self, chat, book, monkeypatch):
        def erased(*_):
            raise NoSuchConversation

        up_to(chat, "confirm")
        monkeypatch.setattr(book, "book", erased)
        chat.say("yes")
        assert chat.responses == ["booking_failed"]
        assert status(chat) == [("aborted", None)]
        assert chat.made == ()
        assert chat.form is None


def test_the_consultation_comes_back_from_its_slots_as_it_was(chat):
    up_to(chat, "confirm")
    consultation = Consultation.from_slots(chat.slots)
    assert Consultation.from_slots(consultation.to_slots()) == consultation
