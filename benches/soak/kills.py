"""Pulls that are killed, again and again, over a cable that loses bytes: what is in the archive
at the end must be what the unit has, and at most one chunk a kill may cross the cable twice.

Each round begins a fresh archive of one unit, kills `callclip pull` (SIGKILL) a few times at
moments of dice, lets it finish, and compares. Every other round the cable also loses 5 % of all
bytes; in the whole ones the pages that crossed it are counted.
Counters: pull_kills, pull_mismatches. Called by: soak, tests.
"""

import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benches.soak.cable import Counted, Desk
from host_tools.logfetch import MOST_CHUNK_BYTES

LOSS = 0.05
_SIZES = (0, 1, 40, 150)  # events in the log
_LOSSY_EVENTS = 12
_KILLS = 4  # a round
_PULL_S = 300


def segments(folder):
    return {int(path.stem): path.read_bytes() for path in folder.rglob("*.clog")}


def _command(port, out):
    words = [sys.executable, "-m", "host_tools.cli", "pull", port, "--out", str(out)]
    return [*words, "--timeout", "60"]


def _killed(port, out, after_s):
    """Whether the kill came before the pull was done."""
    with subprocess.Popen(
        _command(port, out), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as pull:
        try:
            pull.wait(after_s)
        except subprocess.TimeoutExpired:
            pull.kill()
        return pull.wait() == -signal.SIGKILL


class Kills:
    def __init__(self, seed):
        self.counters = {"pull_kills": 0, "pull_mismatches": 0}
        self.findings = []
        self._dice = random.Random(seed)

    def round(self, desk, out, loss):
        """A few kills and a pull that may finish."""
        begun = time.monotonic()
        _killed(desk.port, Path(tempfile.mkdtemp(dir=out.parent)), _PULL_S)  # how long one takes
        usual_s = time.monotonic() - begun
        n_kills = 0
        with Counted(desk.port, loss, self._dice.random()) as cable:
            for _ in range(_KILLS):
                n_kills += _killed(cable.port, out, usual_s * self._dice.uniform(0.3, 1.1))
            done = subprocess.run(
                _command(cable.port, out), capture_output=True, text=True, timeout=_PULL_S,
                check=False,
            )  # fmt: skip
        self.counters["pull_kills"] += n_kills
        held, on_unit = segments(out), segments(desk.folder)
        if done.returncode or held != on_unit or list(out.rglob("*.part")):
            self._found(f"after {n_kills} kills, {loss:.0%} lost: {done.returncode} {done.stderr}")
        n_bytes = sum(len(data) for data in on_unit.values())
        if not loss and cable.n_page_bytes > n_bytes + n_kills * MOST_CHUNK_BYTES:
            self._found(f"{cable.n_page_bytes} bytes of pages for a log of {n_bytes}")

    def _found(self, words):
        self.counters["pull_mismatches"] += 1
        self.findings.append(words)


def run(seconds, seed, on_progress, n_kills=0):
    """The counters after so many seconds, or after n_kills if that is given."""
    ends = time.monotonic() + seconds
    kills = Kills(seed)
    dice = random.Random(seed)
    n_rounds = 0
    while not kills.findings:
        done = kills.counters["pull_kills"]
        if done >= n_kills if n_kills else time.monotonic() >= ends:
            break
        with tempfile.TemporaryDirectory(prefix="callclip-soak-") as name:
            folder = Path(name)
            n_events = _SIZES[-1] if n_rounds < 2 else dice.choice(_SIZES)
            if n_rounds % 2:
                n_events = min(n_events, _LOSSY_EVENTS)  # one byte in twenty: minutes for a KB
            with Desk(folder / "unit", n_events) as desk:
                kills.round(desk, folder / "logs", LOSS if n_rounds % 2 else 0)
        n_rounds += 1
        on_progress(f"{kills.counters['pull_kills']} kills in {n_rounds} rounds")
    for words in kills.findings:
        on_progress(words)
    return kills.counters
