"""A limit on how long SymPy may think, since some of its functions need minutes on harmless expressions."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import TypeVar

T = TypeVar("T")


AGAIN = 0.1  # seconds after which the limit strikes again, if it could not the first time
FINALISERS = {"__del__": "", "remove": "weakref.py", "_xla_gc_callback": ""}  # name -> end of the file's name


class _TooLong(BaseException):
    """Not an Exception, so that no `except Exception` on the way swallows it."""


def _in_finaliser(frame: FrameType | None) -> bool:
    """Whether Python is cleaning up, and would swallow an exception with a warning."""
    while frame is not None:
        end = FINALISERS.get(frame.f_code.co_name)
        if end is not None and frame.f_code.co_filename.endswith(end):
            return True
        frame = frame.f_back
    return False


def limited(compute: Callable[[], T], default: T, seconds: float) -> T:
    """The value of `compute()`, or `default` if it takes longer than `seconds` of this process's computing time.

    What other processes do meanwhile does not count, so that a busy machine decides as an idle one does. Uses an
    interval timer, so it only limits in the main thread of a Unix process; elsewhere it just computes. An enclosing
    limit goes on counting. Only for proposals and confirmations, where giving up is safe.
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        return compute()
    left, _ = signal.getitimer(signal.ITIMER_VIRTUAL)
    if left:  # a limit is already running, and it is the one that counts
        return compute()

    computing = True

    def stop(number: int, frame: FrameType | None) -> None:
        if computing and not _in_finaliser(frame):
            raise _TooLong

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds, AGAIN)
    try:
        return compute()
    except _TooLong:
        return default
    finally:
        computing = False
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
