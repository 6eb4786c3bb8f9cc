"""Each text goes out once: by the webhook or by the REST API, in order, by day, and never to who has opted out."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sms.conftest import NUMBER

from bot.sms import phones
from bot.sms.outbox import OPTED_OUT

OTHER = "+15555550143"


def test_a_reply_is_the_webhooks_while_it_is_held_and_the_outboxs_after_that(texts, outbox, clock):
    sid = texts.ask(hold=10)
    assert outbox.take() is None
    clock.advance(seconds=11)
    text = outbox.take()
    assert (text.number, text.text, text.attempts) == (NUMBER, "a reply", 1)
    assert outbox.claim(sid) is None
    assert outbox.take() is None  # it is with the one that took it


def test_what_the_webhook_has_taken_and_confirmed_is_never_sent_again(texts, outbox, clock):
    sid = texts.ask(hold=10)
    text_id, words = outbox.claim(sid)
    assert words == "a reply"
    assert outbox.claim(sid) is None
    outbox.handed(text_id)
    clock.advance(hours=1)
    assert outbox.take() is None
    assert texts.row(sid).state == "handed"


def test_what_the_webhook_has_taken_but_not_confirmed_is_sent_later(texts, outbox, clock):
    sid = texts.ask(hold=10)
    outbox.claim(sid)
    clock.advance(seconds=11)
    assert outbox.take() is None
    clock.advance(seconds=10)
    assert outbox.take().text == "a reply"


def test_a_webhook_that_ends_without_a_reply_lets_the_outbox_send_at_once(texts, outbox):
    sid = texts.ask(hold=10)
    outbox.let_go(sid)
    assert outbox.take().text == "a reply"
    assert texts.ask(hold=10, answered=False)
    outbox.let_go(sid)


def test_a_webhook_that_ends_does_not_take_back_what_it_took(texts, outbox):
    sid = texts.ask(hold=10)
    outbox.claim(sid)
    outbox.let_go(sid)
    assert outbox.take() is None


def test_failures_are_tried_again_after_pauses_that_double(texts, outbox, clock):
    sid = texts.ask()
    pauses = []
    for _ in range(10):
        outbox.failed(outbox.take(), 20429, for_good=False)
        pause = texts.row(sid).due_at - clock()
        clock.advance(seconds=pause.total_seconds() - 1)
        assert outbox.take() is None
        clock.advance(seconds=1)
        pauses.append(pause.total_seconds())
    assert pauses == [5, 10, 20, 40, 80, 160, 320, 640, 900, 900]


def test_an_error_for_good_ends_it(texts, outbox, clock):
    sid = texts.ask()
    outbox.failed(outbox.take(), 21211, for_good=True)
    clock.advance(hours=1)
    assert outbox.take() is None
    assert (texts.row(sid).state, texts.row(sid).error) == ("refused", 21211)


def test_an_opt_out_that_only_the_carrier_knows_counts_as_one(texts, outbox):
    texts.ask()
    outbox.failed(outbox.take(), OPTED_OUT, for_good=True)
    phone = texts.phone()
    assert (phone.opted_out_how, phone.opted_out_at is not None) == ("carrier", True)


def test_a_day_late_is_too_late(texts, outbox, clock):
    sid = texts.ask()
    clock.advance(hours=24, seconds=1)
    assert outbox.take() is None
    assert texts.row(sid).state == "dropped"


def test_nothing_goes_to_who_has_opted_out_but_the_text_that_says_so(texts, outbox):
    answer = texts.ask()
    alarm = texts.ask(kind="safety")
    held = texts.ask(hold=10)
    texts.change(lambda session, phone, now: phones.opt_out(session, phone, "STOP", now))
    goodbye = texts.ask(kind="consent", text="goodbye")
    assert outbox.claim(held) is None
    assert outbox.take().text == "goodbye"
    assert outbox.take() is None
    assert {texts.row(sid).state for sid in (answer, alarm)} == {"dropped"}
    assert texts.row(goodbye).state == "waiting"


def test_texts_of_one_telephone_go_out_in_order_and_those_of_others_do_not_wait(texts, outbox, clock):
    first, second = texts.ask(text="first"), texts.ask(text="second")
    texts.ask(OTHER, text="other")
    taken = outbox.take()
    assert taken.text == "first"
    assert outbox.take().text == "other"
    assert outbox.take() is None
    assert outbox.claim(second) is None
    outbox.failed(taken, None, for_good=False)
    assert outbox.take() is None
    clock.advance(seconds=5)
    outbox.handed(outbox.take().id)
    assert outbox.take().text == "second"
    assert texts.row(first).state == "handed"


def test_an_alarm_does_not_wait_for_an_older_text(texts, outbox):
    texts.ask(text="first")
    outbox.take()
    alarm = texts.ask(text="call 911", kind="safety", hold=10)
    assert outbox.claim(alarm)[1] == "call 911"


def test_at_night_only_alarms_and_what_was_just_asked_go_out(texts, outbox, clock):
    clock.advance(hours=6)  # 18:00 in New York
    late = texts.ask(text="late")
    alarm = texts.ask(OTHER, text="call 911", kind="safety")
    clock.advance(hours=8)  # 2:00
    asked = texts.ask("+15555550144", text="just asked")
    assert {outbox.take().text, outbox.take().text} == {"call 911", "just asked"}
    assert outbox.take() is None
    clock.advance(hours=8, minutes=59)  # 10:59 in New York, 7:59 in Los Angeles
    outbox.handed(texts.row(asked).id)
    outbox.handed(texts.row(alarm).id)
    assert outbox.take() is None
    clock.advance(minutes=1)
    assert outbox.take().text == "late"
    assert texts.row(late).attempts == 1


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (["queued", "sent", "delivered"], "delivered"),
        (["delivered", "sent", "queued"], "delivered"),
        (["sent", "queued"], "sent"),
        (["sent", "undelivered", "delivered"], "undelivered"),
        (["failed", "sent"], "failed"),
        (["nonsense", "sent"], "sent"),
        (["delivered", "read"], "read"),
    ],
)
def test_what_twilio_says_of_a_text_moves_forward_only(texts, outbox, said, kept):
    sid = texts.ask()
    text = outbox.take()
    outbox.handed(text.id, "SM" + "f" * 32)
    for status in said:
        outbox.progressed(text.id, "SM" + "f" * 32, status, None)
    assert texts.row(sid).status == kept


def test_progress_of_a_text_that_was_not_confirmed_confirms_it(texts, outbox, clock):
    sid = texts.ask(hold=10)
    text_id, _ = outbox.claim(sid)
    assert outbox.progressed(text_id, "SM" + "f" * 32, "sent", None)
    clock.advance(hours=1)
    assert outbox.take() is None


def test_progress_of_another_text_or_of_none_is_left_out(texts, outbox):
    sid = texts.ask()
    text = outbox.take()
    outbox.handed(text.id, "SM" + "f" * 32)
    assert not outbox.progressed(text.id, "SM" + "e" * 32, "delivered", None)
    assert not outbox.progressed("unknown", "SM" + "f" * 32, "delivered", None)
    assert texts.row(sid).status is None


def test_a_text_that_failed_because_of_an_opt_out_counts_as_one(texts, outbox):
    texts.ask()
    text = outbox.take()
    outbox.progressed(text.id, "SM" + "f" * 32, "undelivered", OPTED_OUT)
    assert texts.phone().opted_out_how == "carrier"


def test_several_that_take_at_once_get_each_text_once(texts, outbox):
    for number in range(30):
        texts.ask(f"+1555555{number:04}", text=str(number))
    with ThreadPoolExecutor(6) as pool:
        taken = [each for each in pool.map(lambda _: outbox.take(), range(40)) if each]
    assert sorted(int(each.text) for each in taken) == list(range(30))


def test_of_a_webhook_and_the_outbox_at_once_one_has_the_text(texts, outbox, clock):
    sids = [texts.ask(f"+1555556{number:04}", hold=10) for number in range(20)]
    clock.advance(seconds=11)
    with ThreadPoolExecutor(6) as pool:
        claims = pool.map(outbox.claim, sids)
        takes = pool.map(lambda _: outbox.take(), sids)
        had = [each for each in (*claims, *takes) if each]
    assert len(had) == len(sids)


def test_a_held_reply_is_due_when_the_time_to_hold_ends(texts, clock):
    sid = texts.ask(hold=10)
    assert texts.row(sid).due_at == clock() + timedelta(seconds=10)
