"""`make soak`: every kind of fault for its share of SOAK_MINUTES; counted in build/bench/soak.json.

Each module has run(seconds, seed, on_progress) -> dict of counters. They run two at a time, each
in a process of its own; a module that fails is told and makes the run fail. The counters that must
be 0 are in ZERO, the least that a run of 20 minutes should reach in LEAST.
SOAK_SEED repeats a run; without it each run is another one.
"""

import importlib
import json
import os
import secrets
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

OUT = Path(__file__).resolve().parents[2] / "build/bench/soak.json"
# Module -> its share of the time; two run at once.
SHARES = {
    "powercuts": 0.30, "tampers": 0.20, "frames": 0.30, "forged": 0.10, "kills": 0.60, "repl": 0.10,
    "guided": 0.10,
}  # fmt: skip
ZERO = (
    "synced_records_lost", "mount_failures", "boot_failures", "config_mixed", "crashes",
    "wrong_accepts", "forged_accepted", "tampers_undetected", "pull_mismatches", "repl_prompts",
    "false_alarms",
)  # fmt: skip
LEAST = {"power_cuts": 100_000, "frames_fuzzed": 10_000_000, "tampers": 100_000, "pull_kills": 200}
LEAST |= {"forged_tried": 100_000, "repl_bursts": 10_000}


def work(name, seconds, seed):
    """One module's counters, in a process of its own."""
    module = importlib.import_module(f"benches.soak.{name}")
    last = [0.0]

    def on_progress(words):
        if time.monotonic() - last[0] > 10:
            last[0] = time.monotonic()
            sys.stderr.write(f"soak: {name}: {words}\n")

    return module.run(seconds, seed, on_progress)


def merged(results):
    """All counters in one dict; the same counter of two modules is one sum."""
    out = {}
    for counters in results:
        for name, count in counters.items():
            out[name] = out.get(name, 0) + count
    return out


def main():
    seconds = 60 * float(os.environ.get("SOAK_MINUTES", "20"))
    seed = int(os.environ.get("SOAK_SEED", "0")) or secrets.randbelow(1 << 31)
    total = 2 / sum(SHARES.values())
    began = time.monotonic()
    results, failures = [], []
    with ProcessPoolExecutor(2) as pool:
        under_way = {
            name: pool.submit(work, name, seconds * share * total, seed)
            for name, share in sorted(SHARES.items(), key=lambda row: -row[1])
        }
        for name, future in under_way.items():
            try:
                results.append(future.result())
            except Exception as error:
                failures.append(f"{name}: {error!r}")
    counters = merged(results)
    report = {"seed": seed, "minutes": round((time.monotonic() - began) / 60, 1)} | counters
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(report | {"failures": failures}, indent=1) + "\n")
    for name, count in counters.items():
        bad = name in ZERO and count
        least = LEAST.get(name, 0)
        note = "  MUST BE 0" if bad else f"  (20 minutes: {least:,})" if count < least else ""
        print(f"{name:22} {count:>12,}{note}")
    for words in failures:
        print(f"FAILED {words}")
    print(f"seed {seed}; written to {OUT.relative_to(OUT.parents[2])}")
    return 1 if failures or any(counters.get(name, 1) for name in ZERO) else 0


if __name__ == "__main__":
    sys.exit(main())
