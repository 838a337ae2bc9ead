"""A-weighting against floating point, peaks and clipping of made signals, and the delay of both."""

import numpy as np
import pytest
from callclip.core.bands import A_WEIGHTED_Q10, BAND_EDGES_BINS, BAND_Q10, FULL
from callclip.core.call import Call
from callclip.core.config import Config
from callclip.core.eventqueue import EventQueue
from callclip.core.floor import NoiseFloor
from callclip.core.frame import Frame
from callclip.core.frontend import FrontEnd
from callclip.core.kernels import watches
from callclip.core.loudness import Loudness
from callclip.core.pack import pack
from callclip.core.rules.dose import Dose
from callclip.core.tables import EXP

from simulator import calls
from tests.core.listen import frames, quiet, sine, white

RATE_HZ = 16000


def a_gain(hz):
    """IEC 61672-1, equation E.1, as a power gain re 1 kHz."""
    f2 = np.maximum(hz, 1.0) ** 2
    low = (f2 + 20.6**2) * np.sqrt((f2 + 107.7**2) * (f2 + 737.9**2))
    return (12194**2 * f2**2 / (low * (f2 + 12194**2)) * 10**0.1) ** 2


def a_level_cdb(signal):
    """A-weighted level re full scale, in floating point."""
    power = np.abs(np.fft.rfft(signal)) ** 2
    gain = a_gain(np.fft.rfftfreq(len(signal), 1 / RATE_HZ))
    return 1000 * np.log10(2 * (power * gain).sum() / len(signal) ** 2)


def pink(seconds, level_db, low_hz=30):
    n = int(seconds * RATE_HZ)
    hz = np.fft.rfftfreq(n, 1 / RATE_HZ)
    phase = np.random.default_rng(3).uniform(0, 2 * np.pi, len(hz))
    out = np.fft.irfft(np.exp(1j * phase) / np.sqrt(np.maximum(hz, low_hz)), n)
    return out / np.sqrt(np.mean(out**2)) * 10 ** (level_db / 20)


def facts(signal, delay_frames=0):
    """A Frame for each 20 ms of the signal, on both channels (the same object again and again)."""
    front = FrontEnd()
    frame = Frame()
    floors = NoiseFloor(front.agent), NoiseFloor(front.line)
    loudness = Loudness(front, *floors, frame.facts, delay_frames)
    for slots in frames(signal, signal):
        front.analyse(slots)
        loudness.update(slots)
        frame.line.level_cdb = front.line.levels_cdb[FULL]
        yield frame


def dose_level_cdb(signal):
    """The day's level as the dose rule would tell it at the signal's end."""
    rule = Dose(Call(Config(), EventQueue(), Frame()), Config())
    for frame in facts(signal):
        frame.call_number = 1
        watches.expose(pack(frame.facts, rule.facts, EXP))
    return rule._leq_cdb()


def test_the_reference_is_the_standards_curve():
    """Table 3 of IEC 61672-1."""
    for hz, cdb in ((100, -1910), (500, -320), (1000, 0), (2500, 130), (4000, 100), (8000, -110)):
        assert abs(1000 * np.log10(a_gain(np.array(float(hz)))) - cdb) <= 10


@pytest.mark.parametrize("level_db", [-12, -30, -50])
def test_noise_within_a_fifth_of_a_db(level_db):
    for signal in (white(8, level_db), pink(8, level_db)):
        assert abs(dose_level_cdb(signal) - a_level_cdb(signal)) <= 20


def test_speech_within_a_fifth_of_a_db():
    speech = calls.samples("normal_call")[:, 1] / 32768.0
    speech = speech[15 * RATE_HZ : 35 * RATE_HZ]
    assert abs(dose_level_cdb(speech) - a_level_cdb(speech)) <= 20


@pytest.mark.parametrize(
    ("hz", "error_cdb"),
    [(63, 300), (125, 100), (200, 100), (315, 100), (500, 100), (1000, 100), (2000, 100)]
    + [(3500, 100), (4000, 300), (6000, 300)],
)
def test_tones(hz, error_cdb):
    signal = sine(hz, 4, -20)
    assert abs(dose_level_cdb(signal) - a_level_cdb(signal)) <= error_cdb


def test_hum_below_the_bands_adds_nothing_much():
    """50 Hz are 30 dB down in dB(A); what lies outside the bands is taken for sound above 4 kHz."""
    signal = sine(50, 4, -40) + sine(1000, 4, -30)
    assert abs(dose_level_cdb(signal) - a_level_cdb(signal)) <= 60


def test_weights_follow_from_the_curve_and_the_decimators_taps():
    bins_hz = np.arange(128) * 31.25
    w = 2 * np.pi * bins_hz / RATE_HZ
    passed = ((16 + 18 * np.cos(w) - 2 * np.cos(3 * w)) / 32) ** 2
    bands = list(zip(BAND_EDGES_BINS[:-1], BAND_EDGES_BINS[1:], strict=True))
    for table, gain in ((BAND_Q10, 1 / passed), (A_WEIGHTED_Q10, a_gain(bins_hz) / passed)):
        assert list(table) == [round(1024 * gain[a:b].mean()) for a, b in bands]


@pytest.mark.parametrize("level_db", [-3.01, -20, -60, -85])
def test_the_peak_of_a_sine(level_db):
    for frame in facts(sine(1000, 0.4, level_db)):
        peaks_cdb = frame.agent.peak_cdb, frame.line.peak_cdb
    assert all(abs(peak_cdb - 100 * (level_db + 3.01)) <= 20 for peak_cdb in peaks_cdb)


def test_clipped_samples_are_counted_on_each_side():
    signal = sine(100, 0.4, 0)  # 3 dB too loud: flat for a half of each period
    expected = np.sum(np.abs(signal[-320:]) >= 32767 / 32768)
    for frame in facts(signal):
        counts = frame.agent.n_clipped, frame.line.n_clipped
    assert counts == (expected, expected) and expected > 100
    for frame in facts(sine(100, 0.4, -4)):
        assert frame.line.n_clipped == 0


def test_a_constant_is_still_and_a_microphones_floor_is_not():
    for constant in (0.0, 0.37, -1.0):
        for frame in facts(np.full(RATE_HZ, constant)):
            states = frame.agent.is_still, frame.line.is_still
        assert states == (1, 1)
    for frame in facts(quiet(0.4)):
        assert frame.agent.is_still == 0


def test_facts_come_as_much_later_as_told():
    signal = np.concatenate((quiet(0.4), sine(1000, 0.2, -10), quiet(0.4)))
    at_once = [(f.line.peak_cdb, f.line.weighted_cdb, f.agent.peak_cdb) for f in facts(signal)]
    late = [(f.line.peak_cdb, f.line.weighted_cdb, f.agent.peak_cdb) for f in facts(signal, 4)]
    assert late[4:] == at_once[:-4]
