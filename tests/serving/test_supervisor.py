from __future__ import annotations

import asyncio
import io
import time

import pytest
import serving_fakes as fakes

from bot.serving.output import Output
from bot.serving.processes import Backoff
from bot.serving.supervisor import Supervisor


def supervise(*commands, until=None, grace=5.0, **parts):
    """Run a supervisor until it ends by itself, or until(output so far) is true; return its code and output."""
    stream = io.StringIO()
    supervisor = Supervisor(commands, Output(stream, [c.name for c in commands]), grace=grace, **parts)

    async def run():
        running = asyncio.create_task(supervisor.run())
        if until:
            await fakes.until(lambda: until(stream.getvalue()))
            supervisor.stop()
        return await asyncio.wait_for(running, 10)

    return asyncio.run(run()), stream.getvalue()


def test_each_line_of_a_child_carries_its_name_aligned():
    _, said = supervise(
        fakes.quick(
            "gateway", "import sys; print('out', flush=True); sys.stderr.write('err\\nlast'); raise SystemExit(78)"
        ),
        fakes.quick("up", "import time; print('mine', flush=True); time.sleep(60)"),
    )
    assert {"gateway | out", "gateway | err", "gateway | last"} <= set(said.splitlines())
    assert all(line[7:10] == " | " for line in said.splitlines())


def test_control_codes_of_a_child_are_left_out():
    _, said = supervise(fakes.quick("a", r"print('\033[92mgreen\033[0m\a done'); raise SystemExit(78)"))
    assert "a | green done\n" in said


def test_a_line_without_end_is_relayed_in_pieces():
    _, said = supervise(fakes.quick("a", "print('x' * 200_000); raise SystemExit(78)"))
    assert said.count("x") == 200_000
    assert max(map(len, said.splitlines())) < 100_000


def test_prefixes_are_coloured_on_a_terminal_alone(monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    for stream, coloured in ((fakes.Terminal(), True), (io.StringIO(), False)):
        output = Output(stream, ["a"])
        output.line("a", "text")
        output.block("text")
        assert ("\033[" in stream.getvalue()) is coloured


def test_output_that_nobody_reads_any_more_stops_the_supervisor(tmp_path):
    closed = []

    class Gone(io.StringIO):
        def write(self, _text):
            raise BrokenPipeError

        def fileno(self):
            return spare.fileno()

    with (tmp_path / "spare").open("wb") as spare:
        output = Output(Gone(), ["a"], on_closed=lambda: closed.append(True))
        output.line("a", "one")
        output.line("a", "two")
    assert closed == [True]


def test_a_child_that_dies_is_started_again_later_and_later():
    delays = []

    async def sleep(seconds):
        delays.append(seconds)
        await asyncio.sleep(0)

    _, said = supervise(
        fakes.quick("a", "raise SystemExit(3)"),
        until=lambda _: len(delays) >= 7,
        sleep=sleep,
        clock=lambda: 0.0,
    )
    assert delays[:7] == [1, 2, 4, 8, 16, 30, 30]
    assert "a | ended with exit code 3; it is started again in 1 s\n" in said


def test_a_steady_life_makes_the_next_restart_quick_again():
    backoff = Backoff()
    assert [backoff.delay(lived) for lived in (0, 59, 61, 0)] == [1, 2, 1, 2]


def test_a_restart_is_told_to_whoever_reports_readiness():
    async def sleep(_seconds):
        await asyncio.sleep(0)

    async def run():
        supervisor = Supervisor([fakes.quick("a", "raise SystemExit(1)")], Output(io.StringIO(), ["a"]), sleep=sleep)
        running = asyncio.create_task(supervisor.run())
        name = await asyncio.wait_for(supervisor.restarts.get(), 5)
        supervisor.stop()
        await running
        return name

    assert asyncio.run(run()) == "a"


def test_stop_ends_children_within_the_grace_though_one_ignores_sigterm():
    started = time.monotonic()
    code, said = supervise(
        fakes.quick("kind", fakes.STAY),
        fakes.quick("deaf", fakes.STUBBORN),
        until=lambda said: said.count("pid") == 2,
        grace=0.3,
    )
    assert code == 0
    assert time.monotonic() - started < 4
    assert not any(map(fakes.is_alive, fakes.pids(said)))


def test_a_second_stop_waits_for_nobody():
    stream = io.StringIO()

    async def run():
        supervisor = Supervisor([fakes.quick("deaf", fakes.STUBBORN)], Output(stream, ["deaf"]), grace=60)
        running = asyncio.create_task(supervisor.run())
        await fakes.until(lambda: "pid" in stream.getvalue())
        supervisor.stop()
        await asyncio.sleep(0)
        supervisor.stop()
        await asyncio.wait_for(running, 5)

    asyncio.run(run())
    assert not any(map(fakes.is_alive, fakes.pids(stream.getvalue())))


def test_stop_does_not_wait_for_a_restart_that_is_due_later():
    _, said = supervise(fakes.quick("a", "raise SystemExit(1)"), until=lambda said: "started again" in said)
    assert said.count("ended with") == 1


def test_exit_code_78_stops_everything_and_is_passed_on():
    code, said = supervise(
        fakes.quick("a", fakes.STAY),
        fakes.quick("b", "import time; print('PORT is wrong.', flush=True); time.sleep(.3); raise SystemExit(78)"),
    )
    assert code == 78
    assert "b | cannot work with this configuration (it says why above), so everything is stopped.\n" in said
    assert "started again" not in said
    assert not any(map(fakes.is_alive, fakes.pids(said)))


@pytest.mark.parametrize("ending", ["", "os.kill(os.getpid(), 9)"])
def test_what_a_child_has_started_ends_with_it(ending):
    fork = "import os, time; pid = os.fork(); pid or time.sleep(60); print('pid', pid, flush=True); " + ending
    _, said = supervise(fakes.quick("a", fork), until=lambda said: "started again" in said)
    assert fakes.pids(said)
    assert not any(map(fakes.is_alive, fakes.pids(said)))
