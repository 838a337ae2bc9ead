"""What a telephone network does to the far end: codecs, lost packets, coloured leaks.

All take and give float64 at 16 kHz of the same length. The coders are those of libsndfile (A-law,
mu-law, GSM 06.10) and ffmpeg (G.722, only with the extra `world`).
Called by: render.py. Ref: ITU-T G.711, G.722; ETSI GSM 06.10.
"""

import io

import numpy as np
import soundfile
import soxr

from simulator import sound

NARROW_HZ = 8000
SUBTYPES = {"alaw": "ALAW", "ulaw": "ULAW", "gsm": "GSM610"}
CODECS = ("none", *SUBTYPES, "g722")
PACKET_SAMPLES = 320
FADE_PACKETS = 3  # a longer gap has faded to nothing
BURST_PACKETS = 2.0  # mean length of a gap
LEAK_TAPS = 48


def coded(signal, codec):
    """The signal after one trip through the codec."""
    if codec == "none":
        return signal
    if codec == "g722":
        return _g722(signal)
    narrow = soxr.resample(signal, sound.SAMPLE_RATE_HZ, NARROW_HZ)
    file = io.BytesIO()
    soundfile.write(file, np.clip(narrow, -1, 1), NARROW_HZ, format="WAV", subtype=SUBTYPES[codec])
    file.seek(0)
    heard, _rate_hz = soundfile.read(file, dtype="float64")
    return _of_length(soxr.resample(heard, NARROW_HZ, sound.SAMPLE_RATE_HZ), len(signal))


def _of_length(signal, n_samples):
    out = np.zeros(n_samples)
    n = min(n_samples, len(signal))
    out[:n] = signal[:n]
    return out


def _g722(signal):
    import av  # ffmpeg: only calls over wide-band lines need it

    coder = av.CodecContext.create("g722", "w")
    coder.sample_rate, coder.layout, coder.format = sound.SAMPLE_RATE_HZ, "mono", "s16"
    decoder = av.CodecContext.create("g722", "r")
    decoder.sample_rate, decoder.layout = sound.SAMPLE_RATE_HZ, "mono"
    whole = np.clip(np.rint(signal * 32768), -32768, 32767).astype(np.int16)
    parts = []
    size = 16000
    for start in range(0, len(whole), size):
        block = whole[start : start + size]
        block = np.pad(block, (0, len(block) % 2))
        frame = av.AudioFrame.from_ndarray(block[None, :], format="s16", layout="mono")
        frame.sample_rate = sound.SAMPLE_RATE_HZ
        for packet in coder.encode(frame):
            parts += [f.to_ndarray().reshape(-1) for f in decoder.decode(packet)]
    for packet in coder.encode(None):
        parts += [f.to_ndarray().reshape(-1) for f in decoder.decode(packet)]
    return _of_length(np.concatenate(parts) / 32768.0, len(signal))


def with_loss(signal, loss_pct, generator):
    """Packets of 20 ms get lost in bursts; the last one is repeated, fading out."""
    n_packets = len(signal) // PACKET_SAMPLES
    if loss_pct <= 0 or n_packets < 2:
        return signal
    out = np.array(signal)
    n_bursts = int(round(n_packets * loss_pct / 100.0 / BURST_PACKETS))
    starts = generator.integers(1, n_packets, n_bursts)
    lengths = generator.geometric(1.0 / BURST_PACKETS, n_bursts)
    lost = np.zeros(n_packets, bool)
    for start, length in zip(starts, lengths, strict=True):
        lost[start : start + length] = True
    gone = 0
    for n in np.flatnonzero(lost):
        gone = gone + 1 if n and lost[n - 1] else 1
        at = int(n) * PACKET_SAMPLES
        gain = np.clip(
            1.0 - (gone - 1 + np.arange(PACKET_SAMPLES) / PACKET_SAMPLES) / FADE_PACKETS, 0, 1
        )
        last_good = at - gone * PACKET_SAMPLES
        out[at : at + PACKET_SAMPLES] = out[last_good : last_good + PACKET_SAMPLES] * gain
    return out


def leak_filter(seed, spread_db=5.0):
    """Taps of a leak's way through air and electronics: gently coloured, neutral for speech."""
    if seed == 0:
        return np.ones(1)
    generator = np.random.default_rng(seed)
    knots_hz = np.array([60, 150, 300, 600, 1200, 2400, 4800, 8000])
    gains_db = np.cumsum(generator.normal(0.0, spread_db / 2, len(knots_hz)))
    tilt_db = generator.uniform(-3.0, 0.5) * np.maximum(0, np.log2(knots_hz / 1000.0))
    hz = np.fft.rfftfreq(1024, 1.0 / sound.SAMPLE_RATE_HZ)
    db = np.interp(np.log(np.maximum(hz, 1)), np.log(knots_hz), gains_db + tilt_db)
    speech = 1.0 / (1.0 + (hz / 500.0) ** 3) * (hz > 80)
    db -= 10 * np.log10(np.sum(10 ** (db / 10) * speech) / np.sum(speech))
    # The shortest filter with these gains: through the cepstrum to minimum phase.
    cepstrum = np.fft.irfft(db * np.log(10) / 20, 1024)
    cepstrum[1:512] *= 2
    cepstrum[513:] = 0
    taps = np.fft.irfft(np.exp(np.fft.rfft(cepstrum)), 1024)[:LEAK_TAPS]
    taps[-8:] *= np.linspace(1, 0, 8)
    return taps


def leaked(signal, gain_db, delay_samples, taps):
    """A signal as it leaks to the other microphone."""
    moved = np.zeros(len(signal))
    moved[delay_samples:] = signal[: len(signal) - delay_samples]
    if len(taps) > 1:
        moved = np.convolve(moved, taps)[: len(moved)]
    return moved * sound.gain_from_db(gain_db)


FAULTS = ("none", "dead", "clipped", "stuck")


def faulty(signal, fault):
    """A microphone's channel out of order."""
    if fault == "dead":
        return np.zeros(len(signal))
    if fault == "stuck":
        return np.full(len(signal), 0.37)
    if fault == "clipped":
        return np.clip(signal * 60.0, -1.0, 1.0 - 2.0**-15)
    return signal
