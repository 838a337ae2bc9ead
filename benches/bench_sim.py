"""How fast `callclip sim run` hears a call: whole processes, on one core, as a user starts them.

Measures the VM over ten minutes and over one minute of stereo calls and CPython over one minute:
several runs each, start-up included, all processes of a run on the same core. Prints a table and
writes build/bench/sim.json; its "sim_speed_x" is the median over the ten minutes in the VM, in
times real time. Units: s, times real time (_x).
Called by: `make bench-sim`.
"""

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import soundfile
from rich.console import Console
from rich.table import Table

from simulator import render, scenario

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "build" / "bench"
RATE_HZ = 16000
# name, engine, seconds of sound; the first gives sim_speed_x
CASES = (
    ("ten minutes in the VM", "mpy", 600),
    ("one minute in the VM", "mpy", 60),
    ("one minute in CPython", "cpython", 60),
)


def write_calls(path, n_seconds):
    """A WAV of rendered calls, one after the other, again and again, cut to length."""
    n_samples = n_seconds * RATE_HZ
    calls, n_have = [], 0
    for name in scenario.names():
        calls.append(render.render(scenario.load(name))[0])
        n_have += len(calls[-1])
        if n_have >= n_samples:
            break
    sound = np.concatenate(calls)
    sound = np.tile(sound, (-(-n_samples // len(sound)), 1))[:n_samples]
    soundfile.write(path, sound, RATE_HZ, subtype="PCM_16")


def run_once(wav, engine, core):
    """Seconds of one `callclip sim run`, it and its children on one core: by the clock, of work."""
    program = Path(sys.executable).with_name("callclip")
    command = [str(program), "sim", "run", str(wav), "--engine", engine, "--json"]
    start, worked_before_s = time.perf_counter(), worked_s()
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: os.sched_setaffinity(0, {core}),
    )
    seconds = time.perf_counter() - start
    if done.returncode != 0:
        raise SystemExit(f"callclip: {' '.join(command)} failed: {done.stderr.strip()}")
    return seconds, worked_s() - worked_before_s


def worked_s():
    """Processor time of all children so far."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def measure(wav, engine, n_seconds, n_runs, core):
    """Figures of one case; a first run, not counted, fills the caches of the disk."""
    run_once(wav, engine, core)
    runs = [run_once(wav, engine, core) for _ in range(n_runs)]
    spent_s = [seconds for seconds, _ in runs]
    speeds_x = [n_seconds / seconds for seconds in spent_s]
    return {
        "engine": engine,
        "audio_s": n_seconds,
        "n_runs": n_runs,
        "median_x": round(statistics.median(speeds_x), 1),
        "min_x": round(min(speeds_x), 1),
        "max_x": round(max(speeds_x), 1),
        "median_s": round(statistics.median(spent_s), 3),
        "of_work_x": round(n_seconds / statistics.median(worked for _, worked in runs), 1),
    }


def machine():
    """One line that says what the figures were measured on."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    model = models[0] if models else platform.machine()
    return f"{model}, {os.cpu_count()} cores, Python {platform.python_version()}"


def main():
    parser = argparse.ArgumentParser(description="Speed of callclip sim run.")
    parser.add_argument("--runs", type=int, default=5, help="runs of each case")
    n_runs = parser.parse_args().runs
    core = max(os.sched_getaffinity(0))
    FOLDER.mkdir(parents=True, exist_ok=True)
    cases = {}
    for name, engine, n_seconds in CASES:
        wav = FOLDER / f"calls-{n_seconds}s.wav"
        write_calls(wav, n_seconds)
        cases[name] = measure(wav, engine, n_seconds, n_runs, core)
    result = {
        "sim_speed_x": cases[CASES[0][0]]["median_x"],
        "cases": cases,
        "machine": machine(),
        "load_average_1_min": round(os.getloadavg()[0], 2),
    }
    path = FOLDER / "sim.json"
    path.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    show(result, path)


def show(result, path):
    table = Table("callclip sim run", "median", "slowest", "fastest", "of work", "whole run")
    for name, row in result["cases"].items():
        speeds = [f"{row[key]:.0f} x" for key in ("median_x", "min_x", "max_x", "of_work_x")]
        table.add_row(name, *speeds, f"{row['median_s']:.2f} s")
    console = Console()
    console.print(table)
    console.print(f"Times real time, whole process on one core; {result['machine']}.")
    console.print("Of work: by processor time, which other work on the machine slows less.")
    console.print(f"Written to {os.path.relpath(path)}")


if __name__ == "__main__":
    main()
