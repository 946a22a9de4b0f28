"""Runs the `topup-bot` command until its standard input ends; it never outlives its starter.

The starter holds the other end of a pipe. However it dies, the system closes that end, on every
platform and without a race.
"""

from __future__ import annotations

import os
import runpy
import signal
import threading
import time

_STDIN = 0
_GRACE_SECONDS = 10.0


def main() -> None:
    """Run `python -m bot` in this process, with this process's arguments."""
    threading.Thread(target=_hold, daemon=True).start()
    runpy.run_module("bot", run_name="__main__", alter_sys=True)


def _hold() -> None:
    # Not sys.stdin, whose lock a thread that waits would still hold when Python shuts down.
    while os.read(_STDIN, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_GRACE_SECONDS)
    os._exit(1)


if __name__ == "__main__":
    main()
