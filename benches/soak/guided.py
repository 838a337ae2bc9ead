"""Coverage-guided fuzzing of both ends: libFuzzer, through atheris, looks for bytes that reach new
lines of what runs on the unit behind the UART, and of what reads a unit's words on the host, and
keeps those.

The first byte chooses: bytes as they come from the line to a unit with keys, a body with its frame
made right to that one or to an open one; or, for the host, what a unit answers in a conversation
of host_tools.link, one body after the other, and the bytes of a log that is to be proven. Each run
is a process of its own, as libFuzzer ends it.
Counters: frames_fuzzed, crashes. Called by: soak, tests. Ref: https://github.com/google/atheris
"""

import contextlib
import random
import re
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_DONE = re.compile(r"Done (\d+) (?:runs|in)|#(\d+)\s+DONE")
_MOST_BYTES = 300  # of one input
_MOST_MB = 1000  # of memory, beyond what it begins with
_SEGMENT = 8  # number of the made-up one
TALKS = ("LOG_LIST", "CONFIG_GET", "LOG_READ", "CLOCK_GET")  # what the host asks behind HELLO
_PATIENCE_S = 0.0002  # the line below answers at once, or never


class Line:
    """The host's serial port: each request is answered by the next of the bodies."""

    def __init__(self, protocol, bodies):
        self._protocol = protocol
        self._bodies = bodies
        self._to_host = b""
        self._deframer = protocol.Deframer()

    @property
    def in_waiting(self):
        return len(self._to_host)

    def write(self, frame):
        for message in self._deframer.feed(frame):
            if self._bodies:
                mtype = message.mtype | self._protocol.ANSWER
                body = self._bodies.pop(0)
                self._to_host += self._protocol.frame(mtype, message.request_id, body)

    def read(self, _n_bytes):
        data, self._to_host = self._to_host, b""
        return data

    def close(self):
        pass


def on_the_host(modules):
    """Functions of bytes: what the host does with a unit's words. They may raise Failure alone."""
    protocol, link, logchain, segmentfile = modules

    def talk(data):
        # A body's length stands before it.
        bodies = []
        at = 1
        while at < len(data):
            bodies.append(bytes(data[at + 1 : at + 1 + data[at]]))
            at += 1 + data[at]
        link.open_port = lambda _port: Line(protocol, bodies)
        client = link.Client("a port", _PATIENCE_S)
        client.connect()
        conversations = (
            client.segments,
            client.configuration,
            lambda: list(client.pages(1, 0, 64, 16)),
            lambda: client.ask(protocol.CLOCK_GET)["unix_ms"],
        )
        conversations[data[0] % len(conversations)]()

    def prove(data):
        rows = [(_SEGMENT, Path("log"), bytes(data))]
        for key in (None, bytes(32)):
            logchain.verify_segments(rows, Path("log"), 7, key)
        list(segmentfile.read_batches(Path("log"), bytes(data)))

    return talk, prove


def on_the_unit(protocol, unit_of, folder):
    """The same for a unit with keys and an open one, whose answers must have been foreseen."""
    open_unit = unit_of(Path(folder) / "open")
    keyed = unit_of(Path(folder) / "keyed")
    keyed.give_keys()
    before = keyed.state()
    harmful = (
        protocol.REBOOT,
        protocol.KEYS_SET,
        protocol.UPDATE,
    )  # on an open unit they do what they should

    def answered(unit, frame):
        for message in protocol.Deframer().feed(unit.say(frame)):
            if message.body[:1] == bytes((protocol.FAILED,)):
                raise AssertionError(message.body[1:].decode())

    def from_the_line(data):
        answered(keyed, bytes(data) + b"\x00")

    def to_a_locked_door(data):
        answered(keyed, protocol.frame(data[0], 1, data[1:]))
        if keyed.state() != before:
            raise AssertionError("a unit with keys was changed without one")

    def to_an_open_one(data):
        if data[0] & protocol.NUMBER not in harmful:
            answered(open_unit, protocol.frame(data[0], 1, data[1:]))

    return from_the_line, to_a_locked_door, to_an_open_one


def seeds(dice):
    """What the search begins with: one of each message, whole conversations, a log."""
    from callclip.core import protocol, records

    from benches.soak.frames import bodies
    from tests.logbytes import LogWriter

    said = dict(bodies(dice))
    for mtype, body in said.items():
        if not mtype & (protocol.NOTE | protocol.ANSWER):
            frame = protocol.frame(mtype, 1, body)
            yield from (b"\x00" + frame, bytes((1, mtype)) + body, bytes((2, mtype)) + body)
    hello = said[protocol.HELLO | protocol.ANSWER]
    for i, mtype in enumerate(TALKS):
        answer = said[getattr(protocol, mtype) | protocol.ANSWER]
        yield bytes((3, i, len(hello))) + hello + bytes((len(answer),)) + answer
    log = LogWriter()
    rows = [
        log.segment_row(7, _SEGMENT),
        (records.CLOCK, {"t_frames": 5, "unix_ms": 6, "source": 1}),
    ]
    yield b"\x04" + log.batch(rows) + log.batch([(records.SEAL, {"seal": 0, "unix_ms": 7})])


def fuzz(folder, *arguments):
    """The fuzzing process: never returns. The units' files lie in `folder`."""
    import atheris

    # What is imported here tells libFuzzer which lines are reached.
    with atheris.instrument_imports(include=["callclip", "host_tools"]):
        from callclip.core import protocol

        from benches.soak.unit import Unit
        from host_tools import link, logchain, segmentfile
        from host_tools.failure import Failure

    ways = on_the_unit(protocol, Unit, folder)
    ways += on_the_host((protocol, link, logchain, segmentfile))

    def try_one(data):
        if len(data) < 3:
            return
        with contextlib.suppress(Failure):  # told in a sentence, as it should be
            ways[data[0] % len(ways)](data[1:])

    atheris.Setup(["guided", *arguments], try_one)
    atheris.Fuzz()


def _peak_mb():
    """Of this process, with which Linux begins the peak of a child: libFuzzer looks at that."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def run(seconds, seed, on_progress, n_least=0):
    """The counters after so many seconds, or, where there are none, after n_least runs."""
    with tempfile.TemporaryDirectory(prefix="callclip-soak-") as folder:
        corpus = Path(folder, "corpus")
        corpus.mkdir()
        for i, data in enumerate(seeds(random.Random(seed))):
            Path(corpus, f"seed{i}").write_bytes(data[:_MOST_BYTES])
        limit = f"-max_total_time={int(seconds)}" if seconds >= 1 else f"-runs={n_least}"
        words = [
            folder,
            str(corpus),
            limit,
            f"-seed={seed % (1 << 31) or 1}",
            "-len_control=0",
            "-timeout=10",
            f"-rss_limit_mb={_MOST_MB + _peak_mb()}",
        ]
        words += [f"-max_len={_MOST_BYTES}", f"-artifact_prefix={folder}/"]
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
    fuzz(*sys.argv[1:])
