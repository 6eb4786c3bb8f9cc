"""Many clients of several processes want one time at the same moment: one gets it, and all others are told so."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from booking_examples import CIPHER, around_the_clock
from booking_processes import Child

from bot.booking.book import Book
from bot.conversations.models import ConversationRow

ROUNDS = 100
CLIENTS = 200


@pytest.fixture
def clients(database):
    """Conversations, written all at once: to start so many takes longer than a race."""
    ids = [f"client {number}" for number in range(CLIENTS)]
    now = datetime.now(UTC)
    rows = [
        ConversationRow(id=each, token_hash=each, channel="web", created_at=now, last_activity_at=now) for each in ids
    ]
    with database.write() as session:
        session.add_all(rows)
    return ids


def test_of_two_hundred_clients_of_two_processes_one_gets_the_time(database, database_url, clients):
    book = Book(database, around_the_clock(), cipher=CIPHER)
    now = datetime.now(UTC)
    times = book.offered((now + timedelta(days=1), now + timedelta(days=5)))[:ROUNDS]
    winners = []
    with Child("race", database_url) as first, Child("race", database_url) as second:
        for number, slot in enumerate(times):
            for half, child in enumerate((first, second)):
                # Every other time they hold it before they book it.
                heat = {"hold": number % 2 == 1, "starts_at": slot.starts_at.isoformat()}
                child.tell(**heat, clients=clients[half::2])
            fared = Counter(first.said() + second.said())
            assert fared.pop("SlotTaken") == CLIENTS - 1
            ((winner, once),) = fared.items()
            assert once == 1
            winners.append(winner)
    made = book.upcoming()
    assert [(each.reference, each.slot) for each in made] == list(zip(winners, times, strict=True))
    assert not set(book.offered()) & set(times)
