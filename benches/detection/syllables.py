"""Syllables a minute against synthesised speech of known count, 80 to 240 a minute.

The agents of calls are made by flite, which can speak as slowly as is wanted, and by espeak-ng; the
count is that of synthesis.py. The rate is over the agent's own talk time, as that of
CALL_ENDED.syllables_per_min is: true talk are the spurts of the clean sound.
Called by: __main__.py. Units: syllables a minute, per cent.
"""

import dataclasses
import tempfile
from pathlib import Path

import numpy as np

from benches.detection import hear, parts
from benches.detection.events import of_kind

RATE_HZ = 16000
# Words a minute; what syllables that gives differs by voice, so the range is covered amply.
SPEEDS = {"flite": (42, 54, 70, 90, 110), "espeak": (80, 100, 120, 140)}
N_VOICES = {"flite": 2, "espeak": 4}
RANGE_SPM = (80, 240)
N_SENTENCES = 8
CLOSE_PCT = 10
LEVEL_DB = -26.0
LEAK_DB = -20.0
PAUSE_S = 0.6
TEXT = """title  syllables
seed   {seed}
agent  room -66
line   comfort -66

1.0   ring germany 1
+0.8  line up
+0.5  customer amiable-woman
+{talk_s}  busy germany 5
+0.0  line dead
+3.0  end
"""


def voices_of(run):
    """Synthesised voices of the part, at each speed; the written scenarios take those of tuning."""
    from simulator.world import cast, packages

    if not run.is_as_built:
        packages.fetch()
    part = "tuning" if run.part == parts.SCENARIOS else run.part
    out = []
    for engine, n_voices in N_VOICES.items():
        some = [voice for voice in cast.voices(part) if voice.engine == engine]
        for voice in parts.evenly(some, n_voices):
            out += [dataclasses.replace(voice, rate=rate) for rate in SPEEDS[engine]]
    return out


def spoken(voice, at):
    """(float samples at 16 kHz, syllables): sentences of an agent with pauses."""
    import soundfile
    import soxr

    from simulator import sound
    from simulator.world import synthesis, voices

    lines = voices.sentences()["agent"]
    texts = [lines[(at + n) % len(lines)] for n in range(N_SENTENCES)]
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{n}.wav" for n in range(N_SENTENCES)]
        n_syllables = sum(synthesis.speak(voice, texts, paths))
        said = []
        for path in paths:
            samples, rate_hz = soundfile.read(path, dtype="float64")
            said += [soxr.resample(samples, rate_hz, RATE_HZ), np.zeros(int(PAUSE_S * RATE_HZ))]
    speech = np.concatenate(said)
    return speech * sound.gain_from_db(LEVEL_DB - sound.active_level_db(speech)[0]), n_syllables


@dataclasses.dataclass(frozen=True)
class Said:
    """One call: what was said and what was reported; CALL_ENDED is None if there was none."""

    n_syllables: int
    talk_min: float  # talk spurts of the clean sound
    ended: dict | None

    @property
    def true_spm(self):
        return self.n_syllables / self.talk_min


def one(voice, at):
    """A Said: sentences of an agent who talks after the customer's first words."""
    from simulator import render, scenario, sound

    speech, n_syllables = spoken(voice, at)
    text = TEXT.format(seed=at, talk_s=round(len(speech) / RATE_HZ + 1.5, 2))
    samples, truth = render.render(scenario.parse(text, "syllables"))
    start = int((truth["customer"][-1][1] / 1000 + 0.7) * RATE_HZ)
    both = samples / 32768
    both[start : start + len(speech), 0] += speech
    both[start : start + len(speech), 1] += speech * sound.gain_from_db(LEAK_DB)
    samples = np.clip(np.rint(both * 32768), -32768, 32767).astype(np.int16)
    heard = hear.hear_samples("syllables", samples, truth)
    talk_min = sum(b - a for a, b in sound.speech_spurts(speech)) / RATE_HZ / 60
    ended = of_kind(heard.events, "CALL_ENDED")
    return Said(n_syllables, talk_min, ended[0] if ended else None)


def measure(run):
    given = [(voice, 5 * n) for n, voice in enumerate(voices_of(run))]
    found = hear.in_parallel(one, given, run.n_jobs, run.on_done)
    rows = []
    for (voice, _at), said in zip(given, found, strict=True):
        reported = said.ended["syllables_per_min"] if said.ended else None
        row = {"voice": voice.name, "words a minute": voice.rate, "true": said.true_spm}
        row["reported"] = reported
        row["off %"] = 100 * ((reported or 0) / said.true_spm - 1)
        rows.append(row)
    return summed(rows)


def summed(rows):
    """Figures over the calls whose true rate is in the range that the goal names."""
    off = [row["off %"] for row in rows if RANGE_SPM[0] <= row["true"] <= RANGE_SPM[1]]
    return {
        "title": "Syllables a minute",
        "n": len(off),
        "within_10_pct": sum(abs(pct) <= CLOSE_PCT for pct in off) / len(off),
        "mean_pct": float(np.mean(off)),
        "p95_abs_pct": float(np.percentile(np.abs(off), 95)),
        "rows": rows,
    }
