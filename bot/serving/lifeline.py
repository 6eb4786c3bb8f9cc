"""No process outlives its parent, however the parent ends.

The parent keeps the writing end of a pipe whose reading end is the child's standard input. The kernel closes it when
the parent ends, by SIGKILL as well, and the child then ends its own process group. Linux's PR_SET_PDEATHSIG would need
``preexec_fn``, which is unsafe beside asyncio's threads, is bound to the thread that forked, exists on Linux alone and
reaches only the child itself, not what the child has started.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from typing import Final

VARIABLE: Final = "BOT_LIFELINE"
# Longer than the supervisor's own way of stopping takes, since the supervisor has a lifeline too (bot.serving.running).
GRACE: Final = 10.0


def watch(grace: float = GRACE) -> bool:
    """Tie this process to its parent if the parent has set ``BOT_LIFELINE``; return whether it has.

    When the parent ends, this process group gets SIGTERM, and SIGKILL ``grace`` seconds later.
    """
    if os.environ.pop(VARIABLE, None) is None:
        return False
    line = os.dup(0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    threading.Thread(target=_end_with_parent, args=(line, grace), name="lifeline", daemon=True).start()
    return True


def _end_with_parent(line: int, grace: float) -> None:
    while os.read(line, 1024):
        pass
    _signal_group(signal.SIGTERM)
    time.sleep(grace)
    _signal_group(signal.SIGKILL)


def _signal_group(number: signal.Signals) -> None:
    if os.getpgrp() == os.getpid():
        os.killpg(0, number)
    else:  # the group is someone else's, say a shell's
        os.kill(os.getpid(), number)
