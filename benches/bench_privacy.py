"""Eight hours of sound through the virtual unit, and its log laid over them: nothing alike.

Half hours at the desk, each another one: the recorded calls in a new order, faster or slower,
louder or softer, with noise of all kinds and with pauses. The real firmware hears them in the real
VM, boot after boot on the same flash, and its log is pulled. Every piece of what a half hour wrote
is laid over every place of that half hour, both channels, 8 bits at 8 kHz; differences of
neighbours are compared, so that a slow rise somewhere is not taken for likeness. The same bytes in
a random order say what chance reaches. Prints a table and writes build/bench/privacy.json; `alike`
must stay below ALIKE. HOURS=8 of them.
Called by: `make bench-privacy`; tests/sound (a few minutes of it).
"""

import json
import os
import sys
import tempfile
from pathlib import Path

import numpy as np
import soundfile

from host_tools.cmd_pull import pull_log
from host_tools.link import Client
from simulator import calls
from simulator.device import VirtualUnit
from simulator.sound import SAMPLE_RATE_HZ

OUT = Path(__file__).resolve().parent.parent / "build/bench/privacy.json"
HALF_HOUR_S = 1800
PIECE_BYTES = 128
ALIKE = 0.8  # of 1; by chance pieces of this length reach 0.5 to 0.65
LOUD = 1  # mean square of a place that has a shape, in steps of 8 bits
_BLOCK = 1 << 17


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
        for path in sorted((self._folder / "logs").rglob("*.clog")):
            data = path.read_bytes()
            out += data[self._held.get(path.name, 0) :]
            self._held[path.name] = len(data)
        return out


def _new_flash():
    from host_tools import image, romfs

    return image.build(romfs.root_files())


def as_logged(sound):
    """Both channels as a log could carry them, 8 bits at 8 kHz: the changes of neighbours."""
    return [np.diff((channel[::2] >> 8).astype(np.float32)) for channel in sound.T]


def likeness(log, channels):
    """The best correlation of a piece of the log with any place of the channels, 0 to 1."""
    n = PIECE_BYTES - 1
    whole = np.frombuffer(log[: len(log) // PIECE_BYTES * PIECE_BYTES], np.int8)
    pieces = np.diff(whole.reshape(-1, PIECE_BYTES).astype(np.float32), axis=1)
    pieces = pieces[np.any(pieces, axis=1)]
    pieces /= np.sqrt(np.sum(pieces**2, axis=1, keepdims=True))
    spectra = np.conj(np.fft.rfft(pieces, _BLOCK))
    best = 0.0
    for channel in channels:
        for start in range(0, max(1, len(channel) - n), _BLOCK - n):
            block = channel[start : start + _BLOCK]
            sums = np.concatenate([[0.0], np.cumsum(block.astype(float) ** 2)])
            power = sums[n:] - sums[:-n]
            loud = power > LOUD * n  # a silent place has no shape
            if not loud.any():
                continue
            root = np.sqrt(power[loud])
            spectrum = np.fft.rfft(block, _BLOCK)
            for piece in spectra:
                product = np.fft.irfft(spectrum * piece, _BLOCK)[: len(power)][loud]
                best = max(best, float(np.max(np.abs(product) / root)))
    return best


def shuffled(log, seed):
    return np.random.default_rng(seed).permutation(np.frombuffer(log, np.uint8)).tobytes()


def main():
    n_halves = round(2 * float(os.environ.get("HOURS", "8")))
    rows = []
    with tempfile.TemporaryDirectory(prefix="callclip-bench-") as folder:
        shift = Shift(folder)
        for i in range(n_halves):
            sound = desk(HALF_HOUR_S, i)
            log, channels = shift.hear(sound), as_logged(sound)
            alike, chance = likeness(log, channels), likeness(shuffled(log, i), channels)
            rows.append(
                {"bytes": len(log), "alike": round(alike, 3), "by_chance": round(chance, 3)}
            )
            words = f"half hour {i + 1:2}: {len(log):6} bytes"
            print(f"{words}, alike {alike:.2f}, by chance {chance:.2f}", flush=True)
    n_bytes = sum(row["bytes"] for row in rows)
    report = {
        "hours": n_halves / 2,
        "bytes": n_bytes,
        "bits_a_second": round(8 * n_bytes / (n_halves * HALF_HOUR_S), 2),
        "most_bytes_a_minute": round(max(row["bytes"] for row in rows) * 60 / HALF_HOUR_S),
        "alike": max(row["alike"] for row in rows),
        "by_chance": max(row["by_chance"] for row in rows),
        "half_hours": rows,
    }
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(report, indent=1) + "\n")
    print({name: value for name, value in report.items() if name != "half_hours"})
    print(f"written to {OUT.relative_to(OUT.parents[2])}")
    return 0 if report["alike"] < ALIKE else 1


if __name__ == "__main__":
    sys.exit(main())
