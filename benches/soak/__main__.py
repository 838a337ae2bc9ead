"""`make soak`: every kind of fault, until SOAK_MINUTES are over and each was tried often enough.

Each module has run(seconds, seed, on_progress, n_least) -> dict of counters. They run in processes
of their own, PROCESSES at a time; a module that fails is told and makes the run fail. The counters
that must be 0 are in ZERO. LEAST is how often a run of 20 minutes or more tries each fault, however
slow or busy the computer is: a module whose time is over goes on until it has. A shorter run tries
its part of that. So it may take longer than SOAK_MINUTES; `minutes` says how long it took.
SOAK_SEED repeats a run; without it each run is another one. Results: build/bench/soak.json.
"""

import importlib
import json
import math
import os
import secrets
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

OUT = Path(__file__).resolve().parents[2] / "build/bench/soak.json"
# Module -> its share of the time, and its part of the counter in LEAST that it is about. Kills wait
# for the line most of the time: they run beside the others, from begin to end.
MODULES = {
    "kills": (1.0, "pull_kills"), "kills 2": (1.0, "pull_kills"),
    "powercuts": (0.5, "power_cuts"), "frames": (0.45, "frames_fuzzed"),
    "tampers": (0.45, "tampers"), "repl": (0.25, "repl_bursts"), "guided": (0.2, ""),
    "forged": (0.15, "forged_tried"),
}  # fmt: skip
PROCESSES = 4
ZERO = (
    "synced_records_lost", "mount_failures", "boot_failures", "config_mixed", "crashes",
    "wrong_accepts", "forged_accepted", "tampers_undetected", "pull_mismatches", "repl_prompts",
    "false_alarms",
)  # fmt: skip
LEAST = {
    "power_cuts": 100_000, "frames_fuzzed": 10_000_000, "tampers": 100_000, "forged_tried": 100_000,
    "pull_kills": 200, "repl_bursts": 10_000,
}  # fmt: skip
LEAST_MINUTES = 20


def work(name, seconds, seed, n_least):
    """One module's counters, in a process of its own."""
    module = importlib.import_module(f"benches.soak.{name.split()[0]}")
    last = [0.0]

    def on_progress(words):
        if time.monotonic() - last[0] > 10:
            last[0] = time.monotonic()
            sys.stderr.write(f"soak: {name}: {words}\n")

    return module.run(seconds, seed, on_progress, n_least)


def least_of(minutes):
    """{counter: how often at least} in a run of so many minutes."""
    part = min(1.0, minutes / LEAST_MINUTES)
    return {counter: math.ceil(count * part) for counter, count in LEAST.items()}


def planned(minutes, seed):
    """The arguments of `work` for each module."""
    least = least_of(minutes)
    counters = [counter for _share, counter in MODULES.values()]
    for i, (name, (share, counter)) in enumerate(MODULES.items()):
        n_least = math.ceil(least.get(counter, 0) / counters.count(counter))
        yield name, 60 * minutes * share, seed + i, n_least


def merged(results):
    """All counters in one dict; the same counter of two modules is one sum, or the most of them."""
    out = {}
    for counters in results:
        for name, count in counters.items():
            most = max(out.get(name, 0), count)
            out[name] = most if "_most_" in name else out.get(name, 0) + count
    return out


def main():
    minutes = float(os.environ.get("SOAK_MINUTES", "20"))
    seed = int(os.environ.get("SOAK_SEED", "0")) or secrets.randbelow(1 << 31)
    began = time.monotonic()
    results, failures = [], []
    with ProcessPoolExecutor(PROCESSES) as pool:
        under_way = {words[0]: pool.submit(work, *words) for words in planned(minutes, seed)}
        for name, future in under_way.items():
            try:
                results.append(future.result())
            except Exception as error:
                failures.append(f"{name}: {error!r}")
    counters = merged(results)
    report = {"seed": seed, "minutes": round((time.monotonic() - began) / 60, 1)} | counters
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(report | {"failures": failures}, indent=1) + "\n")
    least = least_of(minutes)
    failures += [
        f"{name}: {counters.get(name, 0):,}, and not the {count:,} that it should try"
        for name, count in least.items()
        if counters.get(name, 0) < count
    ]
    for name, count in counters.items():
        print(f"{name:22} {count:>12,}{'  MUST BE 0' if name in ZERO and count else ''}")
    for words in failures:
        print(f"FAILED {words}")
    print(f"{report['minutes']} minutes, seed {seed}; written to {OUT.relative_to(OUT.parents[2])}")
    return 1 if failures or any(counters.get(name, 1) for name in ZERO) else 0


if __name__ == "__main__":
    sys.exit(main())
