"""A supervisor in a process of its own, ended in each way that a supervisor can be ended."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import pytest
import serving_fakes as fakes

from bot.serving import lifeline
from bot.settings import ROOT

pytestmark = pytest.mark.timeout(30)


@pytest.fixture
def supervisor(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    process = subprocess.Popen(
        [sys.executable, fakes.__file__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    yield process
    process.kill()
    process.communicate()


def children_of(process):
    said = ""
    while said.count(" pid ") < 2:
        line = process.stdout.readline()
        assert line, said
        said += line
    return fakes.pids(said)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_stops_the_supervisor_and_its_children_with_exit_code_0(supervisor, number):
    children = children_of(supervisor)
    supervisor.send_signal(number)
    time.sleep(0.2)
    supervisor.send_signal(number)  # one child ignores SIGTERM: not to wait for the grace
    rest, _ = supervisor.communicate(timeout=10)
    assert supervisor.returncode == 0
    assert rest.endswith("stopped\n")
    assert not any(map(fakes.is_alive, children))


def test_a_killed_supervisor_leaves_no_children(supervisor):
    children = children_of(supervisor)
    supervisor.kill()
    assert fakes.wait_for(lambda: not any(map(fakes.is_alive, children)))


def test_a_process_without_a_lifeline_stays_untied(monkeypatch):
    monkeypatch.delenv(lifeline.VARIABLE, raising=False)
    assert lifeline.watch() is False
