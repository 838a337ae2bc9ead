"""Twenty telephones' ringers, made of sines: name -> (one ring, seconds of pause after it).

Warbles, trills, chimes, chirps, bells, a buzzer, melodies. Signals are numpy arrays at 16 kHz.
Called by: test_ringer.py, tests of the virtual unit and the host tools.
"""

import numpy as np

from simulator import sound

RATE_HZ = sound.SAMPLE_RATE_HZ


def _t(s):
    return np.arange(int(round(s * RATE_HZ))) / RATE_HZ


def _gap(s):
    return np.zeros(len(_t(s)))


def _note(hz, s, partials=(1.0,), decay_hz=0.0):
    t = _t(s)
    out = sum(a * np.sin(2 * np.pi * hz * (k + 1) * t) for k, a in enumerate(partials))
    return sound.faded(out * np.exp(-decay_hz * t), 0.004)


def _notes(*pairs, **more):
    return np.concatenate([_note(hz, s, **more) for hz, s in pairs])


def _warble(a_hz, b_hz, step_s, n):
    return _notes(*[((a_hz, b_hz)[i % 2], step_s) for i in range(n)])


def _chirp(from_hz, to_hz, s):
    t = _t(s)
    return sound.faded(
        np.sin(2 * np.pi * (from_hz * t + (to_hz - from_hz) * t * t / (2 * s))), 0.004
    )


def _repeated(one, pause_s, n):
    return np.concatenate([one, _gap(pause_s)] * n)[: -len(_gap(pause_s))]


def _bell(hz, strokes_hz, s):
    """A clapper that strikes a bell with inharmonic partials."""
    t = _t(0.4)
    stroke = sum(
        np.exp(-t * (8 + 6 * k)) * np.sin(2 * np.pi * hz * m * t)
        for k, m in enumerate((1, 2.76, 1.5, 3.2))
    )
    out = np.zeros(len(_t(s)) + len(t))
    for i in range(int(s * strokes_hz)):
        at = int(i * RATE_HZ / strokes_hz)
        out[at : at + len(stroke)] += stroke
    return out[: len(_t(s))]


def _tune(*notes, **more):
    return _notes(*notes, **more)


RINGERS = {
    "warble": (_warble(650, 850, 0.05, 24), 2.8),
    "high warble": (_warble(1000, 1250, 0.04, 30), 3.0),
    "slow warble": (_warble(800, 1000, 0.1, 12), 2.5),
    "trill": (_repeated(_warble(1200, 1500, 0.05, 10), 0.25, 2), 2.75),
    "chime": (_notes((784, 0.35), (587, 0.55), partials=(1, 0.5)), 3.1),
    "two tones": (_notes((880, 0.3), (660, 0.3), (880, 0.3), (660, 0.3)), 3.0),
    "chirps": (_repeated(_chirp(900, 2200, 0.12), 0.08, 6), 3.0),
    "falling chirps": (_repeated(_chirp(2400, 1200, 0.2), 0.1, 4), 2.6),
    "siren": (np.concatenate([_chirp(600, 1200, 0.3), _chirp(1200, 600, 0.3)] * 2), 3.0),
    "tune": (
        _tune((523, 0.2), (659, 0.2), (784, 0.2), (1047, 0.4), (784, 0.2), partials=(1, 0.3, 0.1)),
        2.5,
    ),
    "long tune": (
        _tune(
            (1319, 0.15),
            (1175, 0.15),
            (740, 0.3),
            (831, 0.3),
            (1109, 0.15),
            (988, 0.15),
            (587, 0.3),
        ),
        3.0,
    ),
    "one tone": (_note(1000, 1.0), 4.0),
    "double beep": (_repeated(_note(2000, 0.4), 0.2, 2), 2.0),
    "three beeps": (_repeated(_note(1800, 0.15), 0.15, 3), 3.0),
    "buzzer": (_note(180, 1.2, partials=[(k + 1) ** -0.5 for k in range(17)]), 3.0),
    "bell": (_bell(1100, 20, 1.6), 3.0),
    "low bell": (_bell(700, 25, 2.0), 4.0),
    "two at once": (_note(697, 2.0) + _note(1209, 2.0), 4.0),
    "network's own": (_note(440, 2.0) + _note(480, 2.0), 4.0),
    "marimba": (
        np.concatenate(
            [_note(hz, 0.25, (1, 0, 0.3), 9.0) for hz in (659, 988, 784, 1319, 659, 988)]
        ),
        2.6,
    ),
}


def rings(name, n, level_db, talk=None, lead_s=1.0):
    """n rings with their pauses; talk: speech to be heard in the middle of each pause."""
    one, pause_s = RINGERS[name]
    one = one * (sound.gain_from_db(level_db) / np.sqrt(np.mean(one[np.abs(one) > 1e-3] ** 2)))
    parts = [_gap(lead_s)]
    for _ring in range(n):
        pause = _gap(pause_s)
        if talk is not None:
            margin = len(_gap(0.3))
            middle = len(pause) - 2 * margin
            pause[margin : margin + middle] = np.resize(talk, middle)
        parts += [one, pause]
    return np.concatenate(parts)
