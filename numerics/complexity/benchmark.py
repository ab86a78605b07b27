"""Every attention map on the clock: time and memory against plain softmax, in one run, as ratios.

Each measurement runs in a process of its own. The time is the best of several runs, without compiling. The memory is
the growth of the process's peak over its resident set during a run, on a host, and what the library reports on a GPU;
for JAX programs what the compiler plans for intermediate results and outputs, if that is more: XLA on a CPU plans no
place for some large ones. Where other work disturbs the machine, several rounds in turn, the best of which counts, are
fairer than one long one. A contender that would take too long or too much memory at a length, judged by the lengths
before, is left out from there on, with the reason. Only ratios within one run mean anything.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from numerics.complexity.contenders import Contender, Setting, contenders

REFERENCE = "plain softmax"
SECONDS = 20.0  # the longest single run that is waited for
LENGTHS = (1024, 4096, 16384, 65536)


@dataclass(frozen=True)
class Measurement:
    """One contender at one length: seconds and bytes, or why there are none."""

    contender: str
    computes: str
    setting: Setting
    seconds: float | None
    memory: int | None
    note: str = ""


def benchmark(
    names: Sequence[str], lengths: Sequence[int], *, d: int = 64, heads: int = 1, causal: bool = False,
    dtype: str = "float32", seconds: float = SECONDS, rounds: int = 1, memory_limit: int | None = None,
) -> Iterator[Measurement]:  # fmt: skip
    """Measure contenders, the reference first, at growing lengths; an iterator, so that progress can be shown.

    rounds: how often each is measured at a length, one contender after the other in every round; see `best`.
    memory_limit: bytes that one measurement may take; by default half of what the machine has.
    """
    known = contenders()
    chosen = [known[name] for name in dict.fromkeys((REFERENCE, *names))]
    limit = memory_limit or _memory() // 2
    stopped: dict[str, str] = {}
    last: dict[str, Measurement] = {}
    for n in sorted(lengths):
        setting = Setting(n, d, heads, causal, dtype)
        for contender in chosen * rounds:
            note = stopped.get(contender.name) or _left_out(
                contender, setting, last.get(contender.name), seconds, limit
            )
            measured = _nothing(contender, setting, note) if note else _in_process(contender, setting, seconds)
            if note or measured.seconds is None:
                stopped[contender.name] = measured.note
            last[contender.name] = measured
            yield measured


def _nothing(contender: Contender, setting: Setting, note: str) -> Measurement:
    return Measurement(contender.name, contender.computes, setting, None, None, note)


def _left_out(contender: Contender, setting: Setting, before: Measurement | None, seconds: float, limit: int) -> str:
    """Why a contender cannot be measured here, "" if it can. Growth is taken to be quadratic, the worst of any map."""
    if not contender.available:
        return f"{contender.package} is not installed"
    if setting.causal and not contender.causal:
        return "it has no causal form"
    if not setting.causal and not contender.full:
        return "it has a causal form only"
    if before is None or before.seconds is None or before.memory is None:
        return ""
    growth = (setting.n / before.setting.n) ** 2
    if before.seconds * growth > 4 * seconds:
        return f"it would take about {before.seconds * growth:.0f} s"
    if before.memory * growth > limit:
        return f"it would take about {before.memory * growth / 2**30:.0f} GiB"
    return ""


def _in_process(contender: Contender, setting: Setting, seconds: float) -> Measurement:
    request = json.dumps({"contender": contender.name, "setting": asdict(setting), "seconds": seconds})
    command = [sys.executable, "-m", "numerics.complexity.benchmark", request]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10 * seconds + 120)
    except subprocess.TimeoutExpired:
        return _nothing(contender, setting, f"it took more than {10 * seconds + 120:.0f} s")
    if done.returncode:
        return _nothing(contender, setting, f"it failed: {_reason(done)[:120]}")
    answer = json.loads(done.stdout.strip().splitlines()[-1])
    return Measurement(contender.name, contender.computes, setting, answer["seconds"], answer["memory"])


def _reason(done: subprocess.CompletedProcess[str]) -> str:
    """The error that ended a process; JAX writes a remark after it."""
    lines = done.stderr.strip().splitlines()
    errors = [line for line in lines if re.match(r"[\w.]+(Error|Exception)\b", line)]
    return (errors or lines or [f"exit code {done.returncode}"])[-1]


def measure_here(contender: Contender, setting: Setting, seconds: float) -> dict[str, float | int]:
    """The best time of a few runs in this process, and the memory that they need."""
    prepared = contender.build(setting)
    prepared.run()
    held = _forget_peak()
    times: list[float] = []
    while len(times) < 2 or sum(times) < seconds / 20:
        began = time.perf_counter()
        prepared.run()
        times.append(time.perf_counter() - began)
        if times[0] > seconds:
            break
    memory = max(_peak() - held, prepared.memory or 0, 1)
    return {"seconds": min(times), "memory": memory}


def _forget_peak() -> int:
    """Let the peak of this process start anew from what it holds now, where the system can; bytes held."""
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available():
        torch.cuda.reset_peak_memory_stats()
        return torch.cuda.memory_allocated()
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return _peak()
    return 1024 * _status("VmRSS")


def _peak() -> int:
    """The peak of this process in bytes: on the GPU if PyTorch uses one, else of its resident set."""
    import resource

    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available():
        return torch.cuda.max_memory_allocated()
    if Path("/proc/self/status").exists():
        return 1024 * _status("VmHWM")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else 1024 * peak


def _status(name: str) -> int:
    """An entry of /proc/self/status in KiB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name + ":"))


def _memory() -> int:
    import os

    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def best(measured: Sequence[Measurement]) -> list[Measurement]:
    """One measurement for each contender and length: the fastest, with the most memory that any round took."""
    found: dict[tuple[str, int], Measurement] = {}
    for one in measured:
        key = one.contender, one.setting.n
        other = found.get(key, one)
        if one.seconds is None or other.seconds is None or one.memory is None or other.memory is None:
            found[key] = one if one.seconds is None else other
        else:
            fastest = one if one.seconds < other.seconds else other
            found[key] = replace(fastest, memory=max(one.memory, other.memory))
    return list(found.values())


def against_peers(measured: Sequence[Measurement]) -> dict[tuple[str, int], tuple[str, float]]:
    """(peer, n) -> the fastest contender of this toolkit for the same map, and its time as a multiple of the peer's."""
    known, timed = contenders(), [one for one in measured if one.seconds is not None]
    found = {}
    for peer in timed:
        if known[peer.contender].package:
            own = [x for x in timed if (x.computes, x.setting) == (peer.computes, peer.setting)]
            own = [x for x in own if known[x.contender].own]
            if own:
                fastest = min(own, key=lambda x: x.seconds or 0)
                found[peer.contender, peer.setting.n] = fastest.contender, _over(fastest.seconds, peer.seconds)
    return found  # type: ignore[return-value]


def ratios(measured: Sequence[Measurement]) -> dict[tuple[str, int], tuple[float | None, float | None]]:
    """(contender, n) -> time and memory as multiples of plain softmax's at that length; None where one is missing."""
    reference: Mapping[int, Measurement] = {m.setting.n: m for m in measured if m.contender == REFERENCE}
    found = {}
    for one in measured:
        base = reference[one.setting.n]
        found[one.contender, one.setting.n] = (_over(one.seconds, base.seconds), _over(one.memory, base.memory))
    return found


def _over(value: float | None, base: float | None) -> float | None:
    return None if value is None or base is None else value / base


def main(request: str) -> None:
    """One measurement, asked for and answered in JSON."""
    asked = json.loads(request)
    print(json.dumps(measure_here(contenders()[asked["contender"]], Setting(**asked["setting"]), asked["seconds"])))


if __name__ == "__main__":
    main(sys.argv[1])
