"""What rooms, bad loudspeakers and talking machines make of a voice.

    changed(samples, seed)   the same words, of the same length, with one of EFFECTS at random

Each is drawn from the seed alone. Called by: people.py. Ref: J. Moorer, About this reverberation
business, Computer Music Journal 3(2), 1979 (rooms); H. Dudley, The vocoder, Bell Labs Record 1939.
"""

import numpy as np

from simulator import sound

WINDOW = 512
HOP = WINDOW // 4
ENVELOPE_BINS = 9  # 280 Hz: harmonics go, formants stay
DECAY_60_DB = np.log(1000.0)


def changed(samples, seed):
    generator = np.random.default_rng(seed)
    return EFFECTS[int(generator.integers(len(EFFECTS)))](samples, generator)


def _in_a_room(samples, generator):
    """Echoes that die away within 0.15 to 0.6 s, 0 to 12 dB below the voice itself."""
    n = sound.samples_from_s(generator.uniform(0.15, 0.6))
    echoes = generator.standard_normal(n) * np.exp(-DECAY_60_DB * np.arange(n) / n)
    echoes *= sound.gain_from_db(-generator.uniform(0, 12)) / np.sqrt(np.sum(np.square(echoes)))
    echoes[0] += 1.0
    return _convolved(samples, echoes)


def _in_a_pipe(samples, generator):
    """The same again each 2 to 25 ms, weaker by 30 to 70 per cent."""
    period, gain = int(generator.integers(32, 400)), generator.uniform(0.3, 0.7)
    echoes = np.zeros(8 * period + 1)
    echoes[::period] = gain ** np.arange(9)
    return _convolved(samples, echoes)


def _ringing(samples, generator):
    """Its level swings 25 to 120 times a second."""
    t = np.arange(len(samples)) / sound.SAMPLE_RATE_HZ
    depth = generator.uniform(0.3, 0.9)
    swing = np.cos(2 * np.pi * generator.uniform(25, 120) * t)
    return samples * (1.0 - depth + depth * swing)


def _doubled(samples, generator):
    """With itself, a little late and never quite in tune."""
    at = np.arange(len(samples))
    out = samples.copy()
    for _copy in range(int(generator.integers(1, 4))):
        late_s = generator.uniform(0.01, 0.03)
        swing_s = generator.uniform(0.0005, 0.003)
        turn = 2 * np.pi * generator.uniform(0.2, 3.0) / sound.SAMPLE_RATE_HZ
        late = late_s + swing_s * np.sin(turn * at + generator.uniform(0, 6))
        out += 0.8 * np.interp(at - late * sound.SAMPLE_RATE_HZ, at, samples, left=0.0)
    return out


def _monotonous(samples, generator):
    """A vocoder: its spectrum's envelope on pulses of one pitch, with some hiss."""
    n = len(samples)
    pulses = np.zeros(n)
    pulses[:: int(sound.SAMPLE_RATE_HZ / generator.uniform(70, 220))] = 10.0
    pulses += generator.standard_normal(n) * generator.uniform(0.05, 0.6)
    voice, carrier = _spectra(samples), _spectra(pulses)
    spectra = carrier / (_smooth(np.abs(carrier)) + 1e-9) * _smooth(np.abs(voice))
    window = np.hanning(WINDOW)
    out = np.zeros(n + 2 * WINDOW)
    for k, piece in enumerate(np.fft.irfft(spectra, WINDOW)):
        out[k * HOP : k * HOP + WINDOW] += piece * window
    return out[WINDOW : WINDOW + n]


EFFECTS = (_in_a_room, _in_a_room, _in_a_pipe, _ringing, _doubled, _monotonous)


def _convolved(samples, taps):
    n_fft = 1 << (len(samples) + len(taps)).bit_length()
    spectrum = np.fft.rfft(samples, n_fft) * np.fft.rfft(taps, n_fft)
    return np.fft.irfft(spectrum, n_fft)[: len(samples)]


def _spectra(samples):
    padded = np.concatenate((np.zeros(WINDOW), samples, np.zeros(WINDOW)))
    pieces = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::HOP]
    return np.fft.rfft(pieces * np.hanning(WINDOW))


def _smooth(magnitudes):
    total = np.cumsum(np.pad(magnitudes, ((0, 0), (ENVELOPE_BINS // 2 + 1, ENVELOPE_BINS // 2))), 1)
    return (total[:, ENVELOPE_BINS:] - total[:, :-ENVELOPE_BINS]) / ENVELOPE_BINS
