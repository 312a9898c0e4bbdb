"""Processes that work for another one and must not outlive it.

A process that is killed cannot tell those that it started, and they would wait for it for ever.
"""

from __future__ import annotations

import os
import signal
import threading
import time

__all__ = ["end_with"]

_LOOK_SECONDS = 1.0


def end_with(parent: int) -> None:
    """Have this process end soon after the one that started it, and take no Ctrl-C of its own.

    Parameters
    ----------
    parent
        The process that this one works for, as it knows itself: it may be gone already.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who is waited for is who is interrupted
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_watch, args=(parent,), daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_LOOK_SECONDS)
    os._exit(1)
