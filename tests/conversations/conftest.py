from datetime import UTC, datetime, timedelta

import pytest

from bot.conversations.log import ConversationLog


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self):
        self.time = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)

    def __call__(self):
        return self.time

    def advance(self, seconds):
        self.time += timedelta(seconds=seconds)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def log(database, clock):
    return ConversationLog(database, clock)


@pytest.fixture
def conversation(log):
    return log.start("web")[0]
