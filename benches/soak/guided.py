"""Coverage-guided fuzzing of both ends: libFuzzer, through atheris, looks for bytes that reach new
lines of the deframer, the fields, the unit's service and the host's readers, and keeps those.

The first byte chooses: bytes as they come from the line to a unit with keys, a body with its frame
made right to that one or to an open one, or the host's readers. Each run is a process of its own,
as libFuzzer ends it.
Counters: frames_fuzzed, crashes. Called by: soak, tests. Ref: https://github.com/google/atheris
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_DONE = re.compile(r"Done (\d+) (?:runs|in)|#(\d+)\s+DONE")


def target(folder):
    """The function that libFuzzer calls; made in its process, after instrumentation."""
    from callclip.core import protocol

    from benches.soak.unit import Unit

    open_unit = Unit(Path(folder) / "open")
    keyed = Unit(Path(folder) / "keyed")
    keyed.give_keys()
    before = keyed.state()
    harmful = (protocol.REBOOT, protocol.KEYS_SET)

    def answered(unit, frame):
        for message in protocol.Deframer().feed(unit.say(frame)):
            if message.body[:1] == bytes((protocol.FAILED,)):
                raise AssertionError(message.body[1:].decode())

    def try_one(data):
        if len(data) < 3:
            return
        kind, mtype, body = data[0] % 4, data[1], data[2:]
        if kind == 0:
            answered(keyed, bytes(data[1:]) + b"\x00")
        elif kind == 1:
            answered(keyed, protocol.frame(mtype, 1, body))
            if keyed.state() != before:
                raise AssertionError("a unit with keys was changed without one")
        elif kind == 2 and mtype & protocol.NUMBER not in harmful:
            answered(open_unit, protocol.frame(mtype, 1, body))
        else:
            message = protocol.Message(protocol.LEVEL, mtype, 1, body)
            try:
                read = protocol.read_note if mtype & protocol.NOTE else protocol.read_answer
                read(message)
            except (ValueError, KeyError):
                pass

    return try_one


def fuzz(arguments):
    """The fuzzing process: never returns."""
    import atheris

    with atheris.instrument_imports(include=["callclip.core", "callclip.service"]):
        from callclip.core import cobs, fields, guard, protocol, session  # noqa: F401
    with tempfile.TemporaryDirectory(prefix="callclip-soak-") as folder:
        atheris.Setup(["guided", *arguments], target(folder))
        atheris.Fuzz()


def run(seconds, seed, on_progress, n_runs=0):
    """The counters after so many seconds, or after n_runs if that is given."""
    with tempfile.TemporaryDirectory(prefix="callclip-soak-") as corpus:
        limit = f"-runs={n_runs}" if n_runs else f"-max_total_time={max(1, int(seconds))}"
        words = [corpus, limit, f"-seed={seed % (1 << 31) or 1}", "-max_len=300", "-timeout=10"]
        words.append(f"-artifact_prefix={corpus}/")
        done = subprocess.run(
            [sys.executable, "-m", "benches.soak.guided", *words],
            cwd=ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip
    found = _DONE.search(done.stderr)
    if found is None or done.returncode:
        on_progress(done.stderr[-2000:])
    n_done = int(next(filter(None, found.groups()))) if found else 0
    return {"frames_fuzzed": n_done, "crashes": int(done.returncode != 0)}


if __name__ == "__main__":
    fuzz(sys.argv[1:])
