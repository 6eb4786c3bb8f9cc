"""A process that books is killed at any moment: what it told of is there, and what it does again is not there twice."""

import json
import random
import signal
import time
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from booking_examples import CIPHER, around_the_clock
from booking_processes import Child
from sqlalchemy import text

from bot.booking.book import Book
from bot.notices.outbox import Outbox

BOOKINGS = 300


@pytest.mark.parametrize("seed", [1, 2])
def test_no_appointment_is_lost_or_made_twice_when_its_process_is_killed(database, database_url, seed, count):
    book = Book(database, around_the_clock(), cipher=CIPHER)
    now = datetime.now(UTC)
    times = book.offered((now + timedelta(days=1), now + timedelta(days=5)))[:BOOKINGS]
    chance = random.Random(seed)  # noqa: S311 - so that a failure can be tried again
    ledger = {}
    kills = 0
    while len(ledger) < BOOKINGS:
        with Child("book on", database_url) as child:
            child.tell(times=[slot.starts_at.isoformat() for slot in times])
            read_on = len(ledger) + chance.randrange(1, 60)
            for line in child.popen.stdout:
                number, *entry = json.loads(line)
                assert ledger.setdefault(number, entry) == entry
                if number + 1 == read_on and read_on < BOOKINGS:
                    time.sleep(chance.uniform(0, 0.004))  # anywhere within the next transactions
                    child.popen.send_signal(signal.SIGKILL)
                    kills += 1
                    break
            for line in child.popen.stdout:  # told before it was killed
                if line.endswith("\n"):
                    number, *entry = json.loads(line)
                    assert ledger.setdefault(number, entry) == entry
    assert kills >= 4
    made = {each.id: each for each in book.upcoming()}
    assert len(made) == BOOKINGS
    for number, slot in enumerate(times):
        appointment_id, reference = ledger[number]
        assert (made[appointment_id].reference, made[appointment_id].slot) == (reference, slot)
    assert count("booking_keys") == count("appointment_changes") == Outbox(database).waiting() == BOOKINGS
    with database.read() as session:
        told = session.execute(text("SELECT appointment_id FROM booking_keys")).scalars()
        assert set(Counter(told).values()) == {1}
