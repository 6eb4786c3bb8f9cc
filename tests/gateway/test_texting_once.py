"""Whatever Twilio delivers how often, at once or across restarts: one turn and one reply; and it is told at once."""

from __future__ import annotations

import math
import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from gateway.local_server import until
from gateway.texter import QUESTION, RED_FLAG, Texter, texting

from bot.safety.replies import safety_texts

if TYPE_CHECKING:
    from database_backends import Backend

IDS = {"SqliteFiles": 1000, "PostgresqlServer": 250}
PHONES = 100


def texts_of(chance, twilio, count):
    """Texts of many telephones, each to be delivered one to five times."""
    phones = [Texter(twilio).number for _ in range(PHONES)]
    return [
        (twilio.fields(chance.choice(phones), f"{QUESTION} {number}"), chance.randint(1, 5)) for number in range(count)
    ]


def deliver_all(twilio, deliveries):
    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(twilio.deliver, deliveries))


@pytest.mark.timeout(900)
def test_a_thousand_texts_delivered_one_to_five_times_at_once_and_across_restarts(
    serve, assistant, backend: Backend
) -> None:
    chance = random.Random(1)  # noqa: S311 - the same at every run
    url = backend.lend()
    options = {"database_url": url, "sms_wait": 0.3, "assistant_timeout": 60}
    with texting(serve, assistant, **options) as parts:
        count = IDS[type(backend).__name__]
        texts = texts_of(chance, parts.twilio, count)
        deliveries = [fields for fields, times in texts for _ in range(times)]
        chance.shuffle(deliveries)
        third = len(deliveries) // 3
        deliver_all(parts.twilio, deliveries[:third])
        for start in (third, 2 * third):
            # The gateway ends, whatever is under way, and another one begins on the same database.
            with serve(assistant, **settings_of(parts)) as second:
                parts.twilio.reach(second.url)
                deliver_all(parts.twilio, deliveries[start : start + third + 3])
                until_sent(parts)
            parts.twilio.reach(parts.gateway.url)
        until_sent(parts)
        asked = Counter(turn.message_id for turn in assistant.turns)
        assert len(asked) == count
        assert set(asked.values()) == {1}
        assert Counter(turn.text for turn in assistant.turns) == {fields["Body"]: 1 for fields, _ in texts}
        arrived = Counter(each.phone for each in parts.twilio.arrived)
        assert arrived == Counter(fields["From"] for fields, _ in texts)
        assert parts.sql("SELECT count(*) FROM texts_out WHERE state = 'handed'") == [(count,)]


def settings_of(parts):
    kept = parts.gateway.settings
    names = ("database_url", "sms_wait", "assistant_timeout", "twilio_account_sid", "twilio_auth_token", "sms_number")
    return {name: getattr(kept, name) for name in (*names, "public_url", "twilio_api_url", "clinic_phone")}


def until_sent(parts):
    until(lambda: parts.sql("SELECT count(*) FROM texts_in WHERE state = 'open'") == [(0,)], 120)
    until(lambda: parts.sql("SELECT count(*) FROM texts_out WHERE state = 'waiting'") == [(0,)], 120)


def test_a_reply_whose_webhook_was_cut_off_comes_after_the_restart(serve, assistant, sqlite_files) -> None:
    url = sqlite_files.lend()
    with texting(serve, assistant, database_url=url, sms_wait=3, assistant_timeout=60) as parts:
        phone = parts.texter()
        with assistant.holding_turns(), ThreadPoolExecutor(1) as pool:
            answer = pool.submit(parts.twilio.text, phone.number, QUESTION)
            until(lambda: assistant.turns)
            with serve(assistant, **settings_of(parts)) as second:  # the first one still waits
                parts.twilio.reach(second.url)
                assert parts.twilio.deliver({**parts.twilio.fields(phone.number, QUESTION), **sent(parts)}).texts == ()
                assert answer.result().texts == ()
        until_sent(parts)
        assert [each.by_webhook for each in parts.twilio.arrived] == [False]


def sent(parts):
    (sid,) = parts.twilio._sent
    return {"MessageSid": sid}


def slowest_hundredth(seconds):
    return sorted(seconds)[math.ceil(0.99 * len(seconds)) - 1]


def test_twilio_has_its_answer_within_a_second_while_the_assistant_hangs(serve, absent_assistant) -> None:
    assistant, count = absent_assistant, 120
    assistant.server.start()
    with texting(serve, assistant, assistant_timeout=70) as parts:
        parts.texter().say(QUESTION)
        assistant.seconds = 60.0
        phones = [parts.texter() for _ in range(count)]
        with ThreadPoolExecutor(6) as pool:
            answers = list(pool.map(lambda phone: phone.send(QUESTION), phones))
            flags = list(pool.map(lambda phone: phone.send(RED_FLAG), phones[:20]))
        assert {answer.texts for answer in answers} == {()}
        seconds = [answer.seconds for answer in answers]
        assert slowest_hundredth(seconds) < 1.0, sorted(seconds)[-5:]
        assert max(seconds) < 10.0
        assert all(flag.texts[0].startswith(safety_texts()["emergency"].sms) for flag in flags)
        assert max(flag.seconds for flag in flags) < 1.0
        assistant.server.stop()  # so that the gateway can end


def test_a_slow_reply_still_comes_in_the_webhook_if_it_is_there_in_eight_seconds(serve, assistant) -> None:
    with texting(serve, assistant, assistant_timeout=70) as parts:
        assistant.seconds = 3.0
        answer = parts.texter().send(QUESTION)
        assert len(answer.texts) == 1
        assert 3.0 < answer.seconds < 8.0


def test_while_the_database_is_away_alarms_are_answered_and_nothing_is_lost(serve, assistant, tmp_path) -> None:
    from bot.settings import Settings
    from bot.storage.migrate import upgrade

    file = tmp_path / "log.sqlite3"
    url = f"sqlite:///{file}"
    upgrade(Settings(database_url=url))
    with texting(serve, assistant, database_url=url, sms_wait=1) as parts:
        phone, other = parts.texter(), parts.texter()
        phone.say(QUESTION)
        other.say(QUESTION)
        lock = parts.database._engine.raw_connection()
        lock.execute("BEGIN EXCLUSIVE")
        began = time.monotonic()
        assert phone.say(RED_FLAG).startswith(safety_texts()["emergency"].sms)
        assert time.monotonic() - began < 1.5
        other.send("And a question that waits")
        spooled = [path.read_text() for path in (parts.gateway.settings.spool_folder / "texts").glob("*.json")]
        assert len(spooled) == 2
        assert not any(word in text for text in spooled for word in (phone.number[2:], "question", "legs"))
        lock.rollback()
        lock.close()
        assert other.next().startswith("RFA can offer")
        until(lambda: len(parts.log.alarms()) == 1)
        time.sleep(1)
        assert phone.nothing_came()  # the alarm was answered once
        assert phone.say("hello").startswith(safety_texts()["still_emergency"].sms)
