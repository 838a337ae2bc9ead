"""Measures and makes sound on the host, in floating point.

Signals are float64 arrays at 16 kHz with full scale = 1.0; levels are dB relative to a full-scale
square wave, so a full-scale sine is -3.01 dB. The firmware never imports this: it is the yardstick
that the fixed-point core is held against.
Called by: render.py, compose/fetch_clips.py, tests.
Ref: ITU-T P.56 (active speech level, method B).
"""

import numpy as np

SAMPLE_RATE_HZ = 16000
FLOOR_DB = -120.0

P56_TIME_CONSTANT_S = 0.03
P56_HANGOVER_S = 0.2
P56_MARGIN_DB = 15.9
P56_STEP_SAMPLES = 16  # the envelope is judged every millisecond
P56_THRESHOLDS = 32  # from -96 dB on

STEP_SAMPLES = 80  # activity is judged every 5 ms over 20 ms
WINDOW_SAMPLES = 320
ACTIVE_BELOW_LEVEL_DB = 20.0  # a window this far under the active level is not speech any more
MERGE_GAP_S = P56_HANGOVER_S  # shorter pauses belong to the spurt, as in P.56
MIN_SPURT_S = 0.04


def samples_from_s(seconds):
    return int(round(seconds * SAMPLE_RATE_HZ))


def gain_from_db(level_db):
    return 10.0 ** (level_db / 20.0)


def rms_db(signal):
    """Level of the whole signal, FLOOR_DB for silence or nothing."""
    power = float(np.mean(np.square(signal))) if len(signal) else 0.0
    return max(FLOOR_DB, 10.0 * np.log10(power)) if power > 0 else FLOOR_DB


def _envelope(signal):
    """P.56's rectified signal through two exponential averages, one value a millisecond.

    Thirty times faster than at 16 kHz, and against a time constant of 30 ms the same to 0.01 dB.
    """
    n = -(-len(signal) // P56_STEP_SAMPLES)
    padded = np.zeros(n * P56_STEP_SAMPLES)
    padded[: len(signal)] = np.abs(signal)
    rectified = padded.reshape(n, P56_STEP_SAMPLES).mean(axis=1)
    rate_hz = SAMPLE_RATE_HZ / P56_STEP_SAMPLES
    n_tail = int(20 * P56_TIME_CONSTANT_S * rate_hz)
    t = np.arange(n_tail) / (P56_TIME_CONSTANT_S * rate_hz)
    response = t * np.exp(-t)
    response /= response.sum()
    n_fft = 1 << (n + n_tail - 1).bit_length()
    spectrum = np.fft.rfft(rectified, n_fft) * np.fft.rfft(response, n_fft)
    return np.fft.irfft(spectrum, n_fft)[:n]


def _n_active(envelope, threshold):
    """Samples at or above the threshold, or less than the hangover after such a sample."""
    at = np.flatnonzero(envelope >= threshold)
    if not len(at):
        return 0
    hangover = samples_from_s(P56_HANGOVER_S) // P56_STEP_SAMPLES
    gaps = np.diff(np.append(at, len(envelope) + hangover))
    tail = min(hangover, len(envelope) - at[-1])
    return int(np.minimum(gaps[:-1], hangover).sum() + tail) * P56_STEP_SAMPLES


def active_level_db(signal):
    """Active speech level and activity factor (0..1) of ITU-T P.56, method B."""
    energy = float(np.square(signal).sum())
    if energy <= 0.0:
        return FLOOR_DB, 0.0
    envelope = _envelope(signal)
    previous = None
    # Upwards, as the ITU's own program: a lone peak far above the rest would fool the other way.
    for exponent in range(P56_THRESHOLDS, -1, -1):  # steps of 3 dB up to full scale
        threshold_db = -3.0 * exponent
        n_active = _n_active(envelope, gain_from_db(threshold_db))
        if n_active == 0:
            break
        level_db = 10.0 * np.log10(energy / n_active)
        margin_db = level_db - threshold_db
        if margin_db <= P56_MARGIN_DB:
            if previous is None:
                return level_db, min(1.0, n_active / len(signal))
            level_0_db, margin_0_db, n_0 = previous
            share = (margin_0_db - P56_MARGIN_DB) / (margin_0_db - margin_db)
            level = level_0_db + share * (level_db - level_0_db)
            return level, min(1.0, (n_0 + share * (n_active - n_0)) / len(signal))
        previous = (level_db, margin_db, n_active)
    return rms_db(signal), 1.0


def speech_spurts(signal, level_db=None, merge_s=MERGE_GAP_S):
    """Talk spurts of a clean recording as a list of (start, end) sample numbers.

    The rule, which is the truth of every rendered call: 20 ms windows every 5 ms; a window counts
    when it is less than ACTIVE_BELOW_LEVEL_DB under the active speech level; pauses up to
    merge_s belong to the spurt; what is then shorter than MIN_SPURT_S is dropped.
    """
    if level_db is None:
        level_db = active_level_db(signal)[0]
    if len(signal) < WINDOW_SAMPLES or level_db <= FLOOR_DB:
        return []
    total = np.concatenate(([0.0], np.cumsum(np.square(signal))))
    starts = np.arange(0, len(signal) - WINDOW_SAMPLES + 1, STEP_SAMPLES)
    power = (total[starts + WINDOW_SAMPLES] - total[starts]) / WINDOW_SAMPLES
    limit = gain_from_db(level_db - ACTIVE_BELOW_LEVEL_DB) ** 2
    # The middle of a window stands for it, so that an edge is not smeared by half a window.
    middle = (WINDOW_SAMPLES - STEP_SAMPLES) // 2
    spurts = []
    merge = samples_from_s(merge_s)
    for start in starts[power >= limit] + middle:
        if spurts and start - spurts[-1][1] <= merge:
            spurts[-1][1] = int(start) + STEP_SAMPLES
        else:
            spurts.append([int(start), int(start) + STEP_SAMPLES])
    return [(a, b) for a, b in spurts if b - a >= samples_from_s(MIN_SPURT_S)]


def faded(signal, seconds):
    """A copy that rises and falls over `seconds` at its ends, so that cuts do not click."""
    out = np.array(signal, dtype=np.float64)
    n = min(samples_from_s(seconds), len(out) // 2)
    if n:
        ramp = 0.5 - 0.5 * np.cos(np.pi * (np.arange(n) + 0.5) / n)
        out[:n] *= ramp
        out[-n:] *= ramp[::-1]
    return out


def noise(kind, n_samples, level_db, generator):
    """Stationary noise of a kind in NOISE_KINDS at an rms level."""
    white = generator.standard_normal(n_samples)
    if n_samples == 0:
        return white
    if kind == "white":
        heard = white
    elif kind == "hum":
        heard = _hum(n_samples, generator) + 0.02 * white
    else:
        heard = _shaped(white, _NOISE_SHAPES[kind])
    return heard * (gain_from_db(level_db) / np.sqrt(np.mean(np.square(heard))))


def _hum(n_samples, generator):
    """50 Hz mains and its harmonics up to 1 kHz, each weaker than the one below."""
    t = np.arange(n_samples) / SAMPLE_RATE_HZ
    phases = generator.uniform(0.0, 2 * np.pi, 20)
    return sum(np.sin(2 * np.pi * 50 * k * t + phases[k - 1]) / k for k in range(1, 21))


def _shaped(white, shape):
    n_fft = -(-len(white) // 65536) * 65536  # lengths without large prime factors are fast
    spectrum = np.fft.rfft(white, n_fft)
    hz = np.fft.rfftfreq(n_fft, 1.0 / SAMPLE_RATE_HZ)
    return np.fft.irfft(spectrum * shape(hz), n_fft)[: len(white)]


def _telephone(hz):
    """300-3400 Hz, falling gently: comfort noise and the hiss of a narrow-band line."""
    low = 1.0 / (1.0 + np.power(250.0 / np.maximum(hz, 1.0), 4))
    high = 1.0 / (1.0 + np.power(hz / 3500.0, 8))
    return low * high / np.sqrt(np.maximum(hz, 300.0))


def _room(hz):
    """An open-plan office: strong lows, falling 6 dB an octave above 200 Hz."""
    return 1.0 / np.maximum(hz, 200.0) * (hz > 50.0)


def _pink(hz):
    return 1.0 / np.sqrt(np.maximum(hz, 20.0))


_NOISE_SHAPES = {"telephone": _telephone, "room": _room, "pink": _pink}
NOISE_KINDS = ("white", "hum", *_NOISE_SHAPES)


def tone(frequencies_hz, n_samples, level_db):
    """Sum of equally strong sines at an rms level, with 5 ms ramps."""
    t = np.arange(n_samples) / SAMPLE_RATE_HZ
    out = sum(np.sin(2 * np.pi * f_hz * t) for f_hz in frequencies_hz)
    return faded(out * gain_from_db(level_db) * np.sqrt(2.0 / len(frequencies_hz)), 0.005)
