"""The customer says one short thing in a silent call: "hang up" must not come after it.

So many calls in which, after the second stage, the loudest 300 ms or more of a clip is said 10 dB
or more above the line's noise; every voice of the part, every kind of noise. Beside them a few
calls without the word, in which the third stage must come: else this would show nothing.
Called by: __main__.py.
"""

import numpy as np

from benches.detection import hear, made
from benches.detection.events import of_kind

LEAST_CALLS = 200
N_WITHOUT = 10
RATE_HZ = 16000
KINDS = ("white", "pink", "hum", "telephone")
NOISE_DB = (-62.0, -55.0, -48.0)
ABOVE_DB = (10.0, 14.0, 20.0)
WORD_MS = (300, 400, 600)
WORD_AFTER_S = 2.5  # the agent's farewell; 5 s after it stage 3 is due
TEXT = """title  one word in a silent call
seed   {seed}
agent  voice {agent}  level -26
line   comfort -74  leak {leak_db}

1.0   ring germany 1
+0.8  line up
+0.0  noise {kind} {noise_db}
+0.6  agent {first}
+5.8  agent {second}
+5.8  agent {third}
+9.0  end
"""


def cases(run):
    """[(name, text, word), ...]; word: (clip, ms, level above the noise) or None."""
    from simulator import clips

    voices = made.voices_of(run)
    short = {voice: _short(voice, clips) for voice in voices}
    out = []
    for n in range(LEAST_CALLS + N_WITHOUT):
        agent, customer = voices[n % len(voices)], voices[(7 * n + 3) % len(voices)]
        noise_db = NOISE_DB[n // 3 % len(NOISE_DB)]
        text = TEXT.format(
            seed=n,
            agent=agent,
            leak_db=(-15, -20, -25)[n % 3],
            kind=KINDS[n % len(KINDS)],
            noise_db=noise_db,
            first=short[agent][n % len(short[agent])],
            second=short[agent][(n + 1) % len(short[agent])],
            third=short[agent][(n + 2) % len(short[agent])],
        )
        names = clips.names_of(customer)
        word = None
        if n < LEAST_CALLS:
            level_db = noise_db + ABOVE_DB[n % len(ABOVE_DB)]
            word = names[n * 13 % len(names)], WORD_MS[n // 4 % len(WORD_MS)], level_db
        out.append((f"{n:03d}", text, word))
    return out


def _short(voice, clips):
    """Clips of an agent that last from 0.8 to 2.4 s, or the shortest three."""
    names = clips.names_of(voice)
    by_length = sorted(names, key=lambda name: len(clips.samples(name)))
    fitting = [n for n in by_length if 0.8 < len(clips.samples(n)) / RATE_HZ < 2.4]
    return fitting if len(fitting) >= 3 else by_length[:3] * 3


def loudest(samples, n_samples):
    """The loudest stretch of a clip of that length, at 0 dB."""
    n_samples = min(n_samples, len(samples))
    power = np.convolve(samples**2, np.ones(n_samples), "valid")
    word = samples[np.argmax(power) :][:n_samples]
    return word / np.sqrt(np.mean(word**2))


def stages_of(name, text, word):
    """Stages that the bead reports in one case."""
    from simulator import clips, render, scenario, sound

    samples, truth = render.render(scenario.parse(text, name))
    if word is not None:
        clip, word_ms, level_db = word
        said = sound.faded(loudest(clips.samples(clip), word_ms * RATE_HZ // 1000), 0.005)
        both = samples / 32768
        at = int((truth["agent"][-1][1] / 1000 + WORD_AFTER_S) * RATE_HZ)
        both[at : at + len(said), 1] += said * sound.gain_from_db(level_db)
        samples = np.clip(np.rint(both * 32768), -32768, 32767).astype(np.int16)
    heard = hear.hear_samples(name, samples, truth)
    return [event["stage"] for event in of_kind(heard.events, "SILENT_CALL")]


def _told(text, word):
    """A case in words: clip, length and level of the word, and the noise it was said in."""
    clip, word_ms, level_db = word
    (noise,) = [line.partition("noise ")[2] for line in text.splitlines() if "noise" in line]
    return f"{clip} {word_ms} ms at {level_db:g} dBFS in {noise}"


def measure(run):
    given = cases(run)
    found = hear.in_parallel(stages_of, given, run.n_jobs, run.on_done)
    rows = []
    for word_ms in WORD_MS:
        for above_db in ABOVE_DB:
            some = [
                stages
                for (n, (_name, _text, word)), stages in zip(enumerate(given), found, strict=True)
                if word and word[1] == word_ms and ABOVE_DB[n % len(ABOVE_DB)] == above_db
            ]
            rows.append(
                {
                    "word ms": word_ms,
                    "above the noise dB": above_db,
                    "calls": len(some),
                    "with stage 3": sum(3 in stages for stages in some),
                }
            )
    with_word = found[:LEAST_CALLS]
    without = found[LEAST_CALLS:]
    return {
        "title": "One word in a silent call",
        "calls": len(with_word),
        "stage_3": sum(3 in stages for stages in with_word),
        "reached_stage_2": sum(2 in stages for stages in with_word),
        "without_word": len(without),
        "without_word_stage_3": sum(3 in stages for stages in without),
        "failed": [
            _told(text, word)
            for (_name, text, word), stages in zip(given, with_word, strict=False)
            if 3 in stages
        ],
        "rows": rows,
    }
