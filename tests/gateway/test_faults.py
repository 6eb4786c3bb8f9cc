"""A fault that comes again every second does not fill the log."""

from __future__ import annotations

import contextlib
import logging

import pytest

from bot.gateway.faults import Faults

LOG = logging.getLogger("tests.faults")


class Clock:
    """A clock that goes on when it is told to."""

    seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def faults(clock, caplog):
    caplog.set_level(logging.INFO, LOG.name)
    return Faults(LOG, "the sweep", clock)


def fail(faults, error):
    with contextlib.suppress(type(error)):
        try:
            raise error
        finally:
            faults.failed(error)


def test_the_first_fault_is_logged_with_its_trace(faults, caplog):
    fail(faults, OSError("gone"))
    (record,) = caplog.records
    assert record.exc_info[0] is OSError
    assert record.exc_info[2] is not None


def test_the_same_fault_again_is_a_line_a_minute_without_a_trace(faults, clock, caplog):
    for _ in range(180):
        fail(faults, OSError("gone"))
        clock.seconds += 1
    first, *later = caplog.records
    assert first.exc_info
    assert [record.getMessage() for record in later] == ["the sweep still fails, 60 times more: gone"] * 2
    assert not any(record.exc_info for record in later)


def test_another_kind_of_fault_is_logged_with_its_trace(faults, caplog):
    fail(faults, OSError("gone"))
    fail(faults, ValueError("odd"))
    assert [record.exc_info[0] for record in caplog.records] == [OSError, ValueError]


def test_that_it_is_over_is_said_once_and_the_next_fault_is_told_in_full(faults, caplog):
    faults.succeeded()
    fail(faults, OSError("gone"))
    faults.succeeded()
    faults.succeeded()
    fail(faults, OSError("gone"))
    assert [record.levelname for record in caplog.records] == ["ERROR", "WARNING", "ERROR"]
    assert caplog.records[2].exc_info
