"""Eight hours of sound through the virtual unit, and all that came out of it laid over them.

Half hours at the desk, each another one: the recorded calls in a new order, faster or slower,
louder or softer, with noise of all kinds and with pauses. The real firmware hears them in the real
VM, boot after boot on the same flash, and its log is pulled. Every byte of what a half hour wrote
is laid over every place of that half hour, both channels, read in each way of READINGS: 8 bits at 8
and 4 kHz, µ-law, 16 bits at 8 and 16 kHz. Differences of neighbours are compared, so that a slow
rise somewhere is not taken for likeness; what chance reaches is told by the same bytes over sound
that was never heard. The rate is the other half of the proof: the leanest speech coders need 450 to
600 bits a second.
A live view gets more than that, ten notes a second. So every note that a unit sends while it hears
some minutes is packed anew of nothing but what `sim run --frames` says of the frame, and must be
the same bytes: then there is no room in it for anything else.
Prints a table and writes build/bench/privacy.json; `alike` must stay below ALIKE, no minute may
have more than 1 KB, and `live_unexplained` is 0. HOURS=8 of them.
Called by: `make bench-privacy`; tests/sound (a few minutes of it).
Ref: ITU-T G.711 (µ-law).
"""

import json
import os
import sys
import tempfile
from pathlib import Path

import numpy as np
import soundfile
from callclip.core import events, protocol, records
from callclip.core.frame import SHOWN_FRAMES
from callclip.core.units import FRAME_MS

from host_tools import segmentfile
from host_tools.cmd_pull import pull_log
from host_tools.link import Client
from simulator import calls, runner
from simulator.cable import Cable
from simulator.device import VirtualUnit
from simulator.recording import open_recording
from simulator.sound import SAMPLE_RATE_HZ

OUT = Path(__file__).resolve().parent.parent / "build/bench/privacy.json"
HALF_HOUR_S = 1800
MINUTE_FRAMES = 60_000 // FRAME_MS
PIECE_SAMPLES = 128
ALIKE = 0.8  # of 1; by chance pieces of this length reach 0.5 to 0.65
LOUD = 1  # mean square of a place that has a shape, in steps of 8 bits
LIVE_S = 120
LIVE_SPEED = 5  # times real time: the unit ends a view that asks nothing for a minute of its own
LIVE_PERIOD_MS = 100  # the shortest there is
# Field of a NOTE_LIVE -> column of --frames.
SHOWN = {
    "call_state": "call_state", "signal": "signal",
    "agent_level_cdb": "agent_cdb", "line_level_cdb": "line_cdb",
    "agent_floor_cdb": "agent_floor_cdb", "line_floor_cdb": "line_floor_cdb",
    "agent_state": "agent_state", "line_state": "line_state",
}  # fmt: skip


def desk(seconds, seed):
    """int16 [n, 2]: so long at a desk, another one for each seed."""
    dice = np.random.default_rng(seed)
    n_left = seconds * SAMPLE_RATE_HZ
    parts = []
    while n_left > 0:
        parts.append(_call(dice)[:n_left])
        n_left -= len(parts[-1])
    return np.concatenate(parts)


def _call(dice):
    """A call as nobody has heard it before, and the pause behind it."""
    call = calls.samples(dice.choice(calls.MORNING)).astype(np.float32)
    at = np.arange(0, len(call) - 1, dice.uniform(0.9, 1.1))
    below = at.astype(int)
    part = (at - below).astype(np.float32)[:, None]
    call = call[below] * (1 - part) + call[below + 1] * part
    call *= (10 ** (dice.uniform(-14, 4, 2) / 20)).astype(np.float32)
    pause = np.zeros((dice.integers(1, 20) * SAMPLE_RATE_HZ, 2), np.float32)
    out = np.concatenate([call, pause])
    noise = dice.standard_normal(out.shape, np.float32)
    if dice.random() < 0.5:
        noise = np.cumsum(noise, axis=0)  # brown
        noise -= np.linspace(noise[0], noise[-1], len(noise), dtype=np.float32)
    levels_db = dice.uniform(-75, -40, 2)
    noise *= (32768 * 10 ** (levels_db / 20) / noise.std(axis=0)).astype(np.float32)
    return np.clip(out + noise, -32768, 32767).astype(np.int16)


class Shift:
    """A unit that is switched on for each half hour; its flash and its archive lie in `folder`."""

    def __init__(self, folder):
        self._folder = Path(folder)
        self._image = None
        self._held = {}  # segment -> bytes of it

    def hear(self, sound):
        """The bytes of log that the unit wrote while it heard this."""
        wav = self._folder / "heard.wav"
        soundfile.write(wav, sound, SAMPLE_RATE_HZ, "PCM_16")
        flash = self._folder / "flash.img"
        if not flash.exists():
            flash.write_bytes(_new_flash())
        with VirtualUnit(image=flash, wav=wav) as unit:
            unit.wait_played(36_000)
            with Client(unit.port, 60) as client:
                pull_log(client, self._folder / "logs")
        out = b""
        for path in self.segments():
            data = path.read_bytes()
            out += data[self._held.get(path.name, 0) :]
            self._held[path.name] = len(data)
        return out

    def segments(self):
        return sorted((self._folder / "logs").rglob("*.clog"))


def most_bytes_a_minute(paths):
    """The largest sum of batches that were begun in one minute of a unit's boot."""
    sums = {}
    boot = minute = 0
    for path in paths:
        for batch in segmentfile.read_batches(path, path.read_bytes()):
            for _at, rtype, _seq, body in batch.records:
                fields = records.unpack(rtype, body)
                boot = fields.get("boot", boot)
                if "t_frames" in fields:
                    minute = fields["t_frames"] // MINUTE_FRAMES
            sums[boot, minute] = sums.get((boot, minute), 0) + batch.end - batch.at
    return max(sums.values())


class _Tap(Cable):
    """Keeps what the unit says."""

    def __init__(self, port):
        super().__init__(port)
        self.said = bytearray()

    def passes(self, data, is_to_host):
        if is_to_host:
            self.said += data
        return super().passes(data, is_to_host)


def overheard(sound, folder):
    """A unit hears this while a live view looks on: the bodies of the notes."""
    wav = Path(folder) / "live.wav"
    soundfile.write(wav, sound, SAMPLE_RATE_HZ, "PCM_16")
    with (
        VirtualUnit(wav=wav, speed=LIVE_SPEED) as unit,
        _Tap(unit.port) as tap,
        Client(tap.port, 60) as client,
    ):
        while not any("played" in line for line in unit.signals()):
            client.ask(protocol.LIVE_SUBSCRIBE, {"period_ms": LIVE_PERIOD_MS})
            client.wait_notes(0.3)
            client.notes.clear()
    found = protocol.Deframer().feed(bytes(tap.said))
    return [message.body for message in found if message.mtype == protocol.NOTE_LIVE]


def n_unexplained(bodies, sound):
    """How many of the notes are not, byte by byte, what the frames of this sound are packed into.

    Of the note itself only the time, whether a call is on, and the two bits of speech are believed.
    """
    with tempfile.TemporaryDirectory(prefix="callclip-bench-") as folder:
        wav = Path(folder) / "live.wav"
        soundfile.write(wav, sound, SAMPLE_RATE_HZ, "PCM_16")
        heard = runner.run(open_recording(wav))
    starts = [t_frames for code, t_frames, *_ in heard.raw_events if code == events.CALL_STARTED]
    return sum(body != _note_of(body, heard.frames, starts) for body in bodies)


def _note_of(body, rows, starts):
    told = protocol.read_note(protocol.Message(protocol.LEVEL, protocol.NOTE_LIVE, 0, body))
    at = told["t_frames"] - 1 - SHOWN_FRAMES
    if not 0 <= at < len(rows):
        return body  # before the sound, or in the quiet room behind it
    values = {name: int(rows[at][column]) for name, column in SHOWN.items()}
    values["t_frames"] = told["t_frames"]
    n_calls = sum(start <= told["t_frames"] for start in starts)
    values["call"] = n_calls if told["call"] else 0
    for name in ("is_agent_speech", "is_line_speech"):
        values[name] = told[name] & 1
    return protocol.note_body(protocol.NOTE_LIVE, values)


def _new_flash():
    from host_tools import image, romfs

    return image.build(romfs.root_files())


def _bytes(data):
    return [np.frombuffer(data, np.int8).astype(np.float32)]


def _mu_law(data):
    """G.711: sign, three bits of exponent, four of mantissa, all inverted."""
    code = ~np.frombuffer(data, np.uint8)
    size = ((code & 15).astype(np.int32) * 2 + 33 << (code >> 4 & 7)) - 33
    return [np.where(code & 128, -size, size).astype(np.float32)]


def _words(data):
    """Little endian, from the first byte and from the second."""
    return [
        np.frombuffer(data[at : at + (len(data) - at) // 2 * 2], "<i2").astype(np.float32)
        for at in (0, 1)
    ]


# How bytes might be sound: name, one of how many samples at 16 kHz, function to runs of samples.
READINGS = (
    ("8 bits at 8 kHz", 2, _bytes),
    ("8 bits at 4 kHz", 4, _bytes),
    ("µ-law at 8 kHz", 2, _mu_law),
    ("16 bits at 8 kHz", 2, _words),
    ("16 bits at 16 kHz", 1, _words),
)


def as_sent(sound, step):
    """Both channels, one of `step` samples, in steps of 8 bits: the changes of neighbours."""
    return [np.diff((channel[::step] >> 8).astype(np.float32)) for channel in sound.T]


def _pieces(samples):
    """Changes in runs of PIECE_SAMPLES, of length 1; the last one ends where the samples do."""
    if len(samples) < PIECE_SAMPLES:
        return np.empty((0, PIECE_SAMPLES - 1), np.float32)
    whole = samples[: len(samples) // PIECE_SAMPLES * PIECE_SAMPLES].reshape(-1, PIECE_SAMPLES)
    pieces = np.diff(np.vstack([whole, samples[-PIECE_SAMPLES:]]), axis=1)
    pieces = pieces[np.any(pieces, axis=1)]
    return pieces / np.sqrt(np.sum(pieces**2, axis=1, keepdims=True))


def likeness(data, sound, readings=READINGS):
    """The best correlation of a piece of these bytes with any place of the sound, 0 to 1."""
    best = 0.0
    for _name, step, read in readings:
        channels = as_sent(sound, step)
        for samples in read(data):
            best = max(best, _best(_pieces(samples), channels))
    return best


def _best(pieces, channels):
    """Places n apart are the columns of one matrix, which is the channel itself, reshaped."""
    n = PIECE_SAMPLES - 1
    best = 0.0
    for channel in channels:
        if len(pieces) == 0 or len(channel) < n:
            continue
        sums = np.concatenate([[0.0], np.cumsum(channel.astype(float) ** 2)])
        power = sums[n:] - sums[:-n]
        for first in range(min(n, len(power))):
            end = first + (len(channel) - first) // n * n
            loud = power[first::n] > LOUD * n  # a silent place has no shape
            places = channel[first:end].reshape(-1, n)[loud]
            if len(places):
                products = np.abs(pieces @ places.T).max(axis=0)
                best = max(best, float(np.max(products / np.sqrt(power[first::n][loud]))))
    return best


def main():
    n_halves = round(2 * float(os.environ.get("HOURS", "8")))
    rows = []
    other = desk(LIVE_S, 1 << 20)  # never heard by a unit
    with tempfile.TemporaryDirectory(prefix="callclip-bench-") as folder:
        shift = Shift(folder)
        for i in range(n_halves):
            sound = desk(HALF_HOUR_S, i)
            log = shift.hear(sound)
            alike = likeness(log, sound)
            rows.append({"bytes": len(log), "alike": round(alike, 3)})
            print(f"half hour {i + 1:2}: {len(log):6} bytes, alike {alike:.2f}", flush=True)
        most = most_bytes_a_minute(shift.segments())
        log = b"".join(path.read_bytes() for path in shift.segments())
        by_chance = likeness(log, other)
        sound = desk(LIVE_S, n_halves)
        notes = overheard(sound, folder)
        unexplained = n_unexplained(notes, sound)
    n_bytes = sum(row["bytes"] for row in rows)
    report = {
        "hours": n_halves / 2,
        "bytes": n_bytes,
        "bits_a_second": round(8 * n_bytes / (n_halves * HALF_HOUR_S), 2),
        "most_bytes_a_minute": most,
        "alike": max(row["alike"] for row in rows),
        "by_chance": round(by_chance, 3),
        "live_notes": len(notes),
        "live_bits_a_second": round(8 * sum(map(len, notes)) / LIVE_S),
        "live_unexplained": unexplained,
        "half_hours": rows,
    }
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(report, indent=1) + "\n")
    print({name: value for name, value in report.items() if name != "half_hours"})
    print(f"written to {OUT.relative_to(OUT.parents[2])}")
    is_good = report["alike"] < ALIKE and most <= 1024 and notes and not unexplained
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
