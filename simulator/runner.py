"""A recording through the core: starts an engine, feeds it, and gathers what it heard.

`mpy` runs engine.py in the MicroPython VM as a child process, `cpython` the same file here.
Out: Result with the events (integers, and as the contract prints them) and one row a frame.
Called by: `callclip sim run`, the demo, tests, benches.
"""

import io
import json
import os
import struct
import subprocess
import tempfile
import threading
from pathlib import Path

import callclip
from callclip.core import events
from callclip.core.frame import SETTLED_FRAMES, SHOWN_FRAMES
from callclip.core.units import FRAME_BYTES, FRAME_MS, ms_from_frames

from simulator.engine import END, RINGER_VARIABLE, ROW, ROW_WORDS, VALUES_VARIABLE
from simulator.wavheader import RecordingError

ENGINES = ("mpy", "cpython")
ROW_BYTES = 2 * ROW_WORDS
_ENGINE_SCRIPT = Path(__file__).with_name("engine.py")
_HEAD = struct.Struct("<ii")


class EngineError(Exception):
    """The engine failed: one sentence; `detail` holds its traceback."""

    def __init__(self, sentence, detail=""):
        super().__init__(sentence)
        self.detail = detail


class Result:
    """What the bead did with a recording."""

    def __init__(self, rows, raw_events, n_lost):
        self.rows = rows  # bytes, int16 in the order of engine.ROW
        self.raw_events = raw_events  # (code, t_frames, call, values), as EventQueue.take gives
        self.n_events_lost = n_lost

    @property
    def n_frames(self):
        return len(self.rows) // ROW_BYTES

    @property
    def duration_ms(self):
        return self.n_frames * FRAME_MS

    @property
    def events(self):
        """The events as the contract prints them, t_ms from the start of the recording."""
        return [
            events.as_dict(code, ms_from_frames(t_frames), call, values, ms_from_frames)
            for code, t_frames, call, values in self.raw_events
        ]

    @property
    def frames(self):
        """The rows as a numpy record array with the fields of engine.ROW."""
        import numpy

        return numpy.frombuffer(self.rows, dtype=[(name, "<i2") for name in ROW])


class _Gatherer:
    """Takes the engine's bytes as they come and keeps what is in them."""

    def __init__(self, read, on_progress):
        self._read = read
        self._on_progress = on_progress
        self._rows = bytearray()
        self._raw_events = []
        self._n_lost = None

    def gather(self):
        """Read batches until the engine ends or breaks off; then `result` tells which."""
        try:
            while self._n_lost is None:
                self._take_batch(*_HEAD.unpack(self._read_exactly(_HEAD.size)))
        except EOFError:
            return

    def _read_exactly(self, n_bytes):
        data = self._read(n_bytes)
        if len(data) < n_bytes:
            raise EOFError
        return data

    def _take_batch(self, n_rows, n_words):
        if n_rows == END:
            self._n_lost = n_words
            return
        rows = self._read_exactly(n_rows * ROW_BYTES)
        words = struct.unpack(f"<{n_words}i", self._read_exactly(4 * n_words))
        self._rows += rows
        at = 0
        while at < n_words:
            n_values, code, t_frames, call = words[at : at + 4]
            self._raw_events.append((code, t_frames, call, words[at + 4 : at + 4 + n_values]))
            at += 4 + n_values
        if self._on_progress:
            self._on_progress(max(0, len(self._rows) // ROW_BYTES - SETTLED_FRAMES))

    def result(self):
        """The Result, or None when the engine broke off."""
        if self._n_lost is None:
            return None
        return Result(_aligned(self._rows), self._raw_events, self._n_lost)


def _aligned(rows):
    """The engine's rows with every column moved back to the frame that it tells of."""
    import numpy

    raw = numpy.frombuffer(rows, "<i2").reshape(-1, ROW_WORDS)
    n = len(raw) - SETTLED_FRAMES
    out = raw[SHOWN_FRAMES : SHOWN_FRAMES + n].copy()
    for name in ("agent_speech", "line_speech"):
        column = ROW.index(name)
        out[:, column] = raw[SETTLED_FRAMES:, column]
    return out.tobytes()


def run(recording, values=None, engine="mpy", on_progress=None, ringer=None):
    """Hear a recording (anything with `blocks()`) with a configuration's values; a Result.

    on_progress is called with the number of frames heard out so far; ringer: a template as
    simulator.ringer.learn gives it. Raises RecordingError when the
    recording breaks off, EngineError when the engine does.
    """
    runner = {"mpy": _run_vm, "cpython": _run_here}[engine]
    return runner(recording, values or {}, on_progress, ringer)


def _run_vm(recording, values, on_progress, ringer):
    command = [*_vm_command(), str(_ENGINE_SCRIPT)]
    environment = {
        **os.environ,
        "MICROPYPATH": str(Path(callclip.__file__).parent.parent),
        VALUES_VARIABLE: json.dumps(values),  # the VM takes no argument of over 255 bytes
        RINGER_VARIABLE: json.dumps(ringer),
    }
    with tempfile.TemporaryFile() as complaints:
        child = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            env=environment,
        )
        try:
            feeder = _Feeder(recording, child.stdin)
            feeder.start()
            gatherer = _Gatherer(child.stdout.read, on_progress)
            gatherer.gather()
            feeder.join()
            exit_code = child.wait()
        finally:
            child.kill()
            child.wait()
            child.stdout.close()
        complaints.seek(0)
        return _judged(gatherer, exit_code, complaints.read().decode("utf-8", "replace"))


def _vm_command():
    from simulator import vm

    try:
        return vm.find()
    except vm.VmError as error:
        raise EngineError(str(error)) from None


class _Feeder(threading.Thread):
    """Writes the slots into the VM while the main thread reads its answers."""

    def __init__(self, recording, pipe):
        super().__init__(daemon=True)
        self._recording = recording
        self._pipe = pipe
        self._error = None

    def run(self):
        try:
            with self._pipe:
                for block in self._recording.blocks():
                    self._pipe.write(block)
        except BrokenPipeError:
            return  # the VM has gone; its exit code tells why
        except Exception as error:
            self._error = error

    def join(self, timeout=None):
        """Wait, then raise here what went wrong there."""
        super().join(timeout)
        if self._error is not None:
            raise self._error


def _judged(gatherer, exit_code, complaints):
    result = gatherer.result()
    if result is not None and exit_code == 0:
        return result
    last_line = (complaints.strip().splitlines() or [f"exit code {exit_code}"])[-1]
    raise EngineError(f"the core failed in the MicroPython VM ({last_line})", complaints)


def _run_here(recording, values, on_progress, ringer):
    from simulator import engine
    from simulator.shims import install_micropython

    install_micropython()
    heard = io.BytesIO()
    source = io.BufferedReader(_BlockReader(recording.blocks(), on_progress), FRAME_BYTES)
    try:
        engine.run(source, heard, values, ringer)
    except RecordingError:
        raise
    except Exception as error:
        import traceback

        words = f"the core failed in CPython ({type(error).__name__}: {error})"
        raise EngineError(words, traceback.format_exc()) from error
    heard.seek(0)
    gatherer = _Gatherer(heard.read, None)
    gatherer.gather()
    return gatherer.result()


class _BlockReader(io.RawIOBase):
    """Blocks of slots as one stream; tells how many frames have been asked for."""

    def __init__(self, blocks, on_progress):
        super().__init__()
        self._blocks = blocks
        self._rest = memoryview(b"")
        self._on_progress = on_progress
        self._n_bytes = 0

    def readable(self):
        return True

    def readinto(self, buffer):
        if not self._rest:
            self._rest = memoryview(next(self._blocks, b""))
            if self._on_progress:
                self._on_progress(self._n_bytes // FRAME_BYTES)
        n_bytes = min(len(buffer), len(self._rest))
        buffer[:n_bytes] = self._rest[:n_bytes]
        self._rest = self._rest[n_bytes:]
        self._n_bytes += n_bytes
        return n_bytes
