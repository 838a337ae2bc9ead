"""Noises that are not stationary: keys, wind, many voices, a neighbour's voice.

    of(kind, n_samples, level_db, generator, crowd, is_narrow)   float64 at 16 kHz

level_db is the rms of what is heard; narrow: through the telephone band.

Stationary kinds come from sound.noise. Beyond PERIOD_SAMPLES the same minute comes again: making
noise would otherwise cost more than all the rest. `crowd` names the voices that babble is made of;
a neighbour's level is the active speech level.
Called by: stage.py.
"""

import numpy as np

from simulator import clips, sound

PERIOD_SAMPLES = 1 << 20  # 65 s; stationary noise made by FFT joins its own beginning
BABBLE_VOICES = 6
KINDS = (*sound.NOISE_KINDS, "babble", "keyboard", "wind", "neighbour")


def of(kind, n_samples, level_db, generator, crowd, is_narrow=False):
    n_made = min(n_samples, PERIOD_SAMPLES)
    if n_made == 0:
        return np.zeros(0)
    if kind == "babble":
        made = _talk(n_made, BABBLE_VOICES, (0, 2000), generator, crowd)
    elif kind == "neighbour":
        made = _talk(n_made, 1, (4000, 40000), generator, crowd)
        made = made * sound.gain_from_db(level_db - clips.LEVEL_DB)
    elif kind == "keyboard":
        made = _keyboard(n_made, generator)
    elif kind == "wind":
        made = _wind(n_made, generator)
    else:
        made = sound.noise(kind, n_made, level_db, generator)
    if is_narrow:
        made = clips.telephone_band(made)
    if kind in ("babble", "keyboard", "wind") or (is_narrow and kind != "neighbour"):
        made = made * sound.gain_from_db(level_db - sound.rms_db(made))
    return made if n_made == n_samples else np.resize(made, n_samples)


def _talk(n_samples, n_voices, gap_samples, generator, crowd):
    """So many voices at once, each saying one thing after the other."""
    names = [name for voice in crowd for name in clips.names_of(voice)]
    out = np.zeros(n_samples)
    for _voice in range(n_voices):
        at = -int(generator.integers(0, 3 * sound.SAMPLE_RATE_HZ))
        pitch_pct = float(generator.integers(80, 116))
        while at < n_samples:
            samples = clips.samples(names[int(generator.integers(len(names)))], pitch_pct)
            first, last = max(at, 0), min(at + len(samples), n_samples)
            if last > first:
                out[first:last] += samples[first - at : last - at]
            at += len(samples) + int(generator.integers(*gap_samples))
    return out


def _keyboard(n_samples, generator):
    """Keys struck in runs of some 5 a second, each a short bright click with a duller release."""
    out = np.zeros(n_samples + 2000)
    t = np.arange(640) / sound.SAMPLE_RATE_HZ
    at = int(generator.integers(0, 8000))
    while at < n_samples:
        for offset, gain in ((0, 1.0), (int(generator.integers(900, 1300)), 0.4)):
            decay = np.exp(-t * generator.uniform(180, 500))
            click = (
                generator.standard_normal(len(t))
                * decay
                * np.sin(2 * np.pi * generator.uniform(900, 4000) * t)
            )
            out[at + offset : at + offset + len(t)] += (
                click[: len(out) - at - offset] * gain * (generator.uniform(0.4, 1.0))
            )
        is_pause = generator.random() < 0.08
        at += int(generator.integers(16000, 50000) if is_pause else generator.integers(1600, 5000))
    return out[:n_samples]


def _wind(n_samples, generator):
    """Breath and wind on the boom: below some 300 Hz, in gusts of a second or two."""
    n_fft = -(-n_samples // 65536) * 65536
    spectrum = np.fft.rfft(generator.standard_normal(n_fft))
    hz = np.fft.rfftfreq(n_fft, 1.0 / sound.SAMPLE_RATE_HZ)
    rush = np.fft.irfft(spectrum * (hz > 15) / (1.0 + (hz / 120.0) ** 2), n_fft)[:n_samples]
    knots = generator.uniform(0.0, 1.0, max(2, n_samples // 12000)) ** 3
    gusts = np.interp(np.linspace(0, len(knots) - 1, n_samples), np.arange(len(knots)), knots)
    return rush * (0.05 + gusts)


SHOCKS = ("click", "burst", "tone")


def shock(kind, n_samples, level_db, generator):
    """A sudden loud sound; level_db is its peak."""
    t = np.arange(max(n_samples, 32)) / sound.SAMPLE_RATE_HZ
    if kind == "tone":
        out = np.sin(2 * np.pi * generator.uniform(900, 3000) * t)
    else:
        out = generator.standard_normal(len(t))
        if kind == "click":
            out *= np.exp(-t * 400.0)
    out = sound.faded(out, 0.0005)
    return out * (sound.gain_from_db(level_db) / np.abs(out).max())


def knock(level_db, generator):
    """Something put down hard beside the microphone: 60 ms, most of it below 1 kHz."""
    t = np.arange(960) / sound.SAMPLE_RATE_HZ
    out = generator.standard_normal(len(t)) * np.exp(-t * 300.0)
    for hz in generator.uniform(90, 700, 4):
        out += 2.0 * np.sin(2 * np.pi * hz * t) * np.exp(-t * generator.uniform(60, 120))
    out = sound.faded(out, 0.0005)
    return out * (sound.gain_from_db(level_db) / np.abs(out).max())
