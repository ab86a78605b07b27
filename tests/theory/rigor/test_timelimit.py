"""Limits on SymPy's thinking time."""

from __future__ import annotations

import signal
import threading
import time

import pytest

from theory.rigor.timelimit import limited


def endless() -> str:
    while True:
        pass


def test_a_quick_answer_is_kept() -> None:
    assert limited(lambda: "answer", "default", 5.0) == "answer"


def test_a_slow_one_is_given_up() -> None:
    began = time.process_time()
    assert limited(endless, "default", 0.05) == "default"
    assert time.process_time() - began < 2


def test_waiting_does_not_count() -> None:
    def patient() -> str:
        time.sleep(0.3)
        return "answer"

    assert limited(patient, "default", 0.1) == "answer"


def test_nothing_stays_behind() -> None:
    before = signal.getsignal(signal.SIGVTALRM)
    limited(endless, "default", 0.05)
    assert signal.getsignal(signal.SIGVTALRM) is before
    assert signal.getitimer(signal.ITIMER_VIRTUAL) == (0.0, 0.0)


def test_exceptions_pass_through() -> None:
    def fail() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        limited(fail, None, 5.0)
    assert signal.getitimer(signal.ITIMER_VIRTUAL) == (0.0, 0.0)


def test_the_outer_limit_counts() -> None:
    began = time.process_time()
    assert limited(lambda: limited(endless, "inner", 50.0), "outer", 0.05) == "outer"
    assert time.process_time() - began < 2


def test_other_threads_just_compute() -> None:
    found = []
    thread = threading.Thread(target=lambda: found.append(limited(lambda: "answer", "default", 1e-9)))
    thread.start()
    thread.join()
    assert found == ["answer"]


def test_a_limit_that_was_swallowed_strikes_again() -> None:
    """As in a callback of the garbage collector, such as JAX has, from which Python lets no exception out."""

    def stubborn() -> str:
        try:
            return endless()
        except BaseException:
            return endless()

    began = time.process_time()
    assert limited(stubborn, "default", 0.05) == "default"
    assert time.process_time() - began < 5
    assert signal.getitimer(signal.ITIMER_VIRTUAL) == (0.0, 0.0)


def test_a_finaliser_is_left_in_peace(recwarn: pytest.WarningsRecorder) -> None:
    class Slow:
        def __del__(self) -> None:
            began = time.process_time()
            while time.process_time() - began < 0.3:
                pass

    def cleans_up() -> str:
        Slow()
        return endless()

    assert limited(cleans_up, "default", 0.05) == "default"
    assert not recwarn
