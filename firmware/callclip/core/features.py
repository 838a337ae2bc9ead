"""One frame of both channels as the net sees it: 72 words, none of which can be turned into sound.

For each channel: the rise of 16 bands above the noise floor and above what leaks over from the
other microphone; level, floor and recent peak of the telephone band; and how much louder the
frame's second half is than its first. Nothing here depends on what was decided before, so a wrong
decision never feeds itself.
In: centi-dB. Out: words of 4 centi-dB. Called by: hearing.py, once a frame.
Ref: H. Robbins, S. Monro, A stochastic approximation method, Annals of Mathematical Statistics 22,
1951 (quantile tracking, for the leak).
"""

from array import array

from callclip.core.frontend import N_BANDS, TELEPHONE
from callclip.core.kernels import features as kernels

N_FEATURES = 4 * N_BANDS + 8
MIDDLE_CDB = -5000  # absolute levels are given from here
PEAK_DECAY_FRAMES = 8  # for a centi-dB: 3.75 dB a minute, so that a long pause keeps it
LEAST_PEAK_CDB = -6500
CLEAR_CDB = 2000  # a band so far above its floor is surely heard on the other microphone, too
FAST_STEP_16TH = 256  # 1/16 centi-dB: up 0.16 dB a frame
SLOW_STEP_16TH = 64
N_FAST_FRAMES = 150  # of clear sound, then the estimate is near
LEAK_LINE_CDB = (-4000, -700)  # lowest and highest that is believed
LEAK_AGENT_CDB = (-5000, -1500)


class BandLeak:
    """How loud one microphone hears what belongs to the other, in each band and in all of them."""

    def __init__(self, start_cdb, limits_cdb):
        self.level_cdb = start_cdb  # of the telephone band
        self.leak = array("i", [start_cdb << 4] * (TELEPHONE + 1))  # of each band, 1/16 centi-dB
        self._limits = array("i", (CLEAR_CDB, limits_cdb[0], limits_cdb[1], FAST_STEP_16TH))
        self._n_frames = 0

    def update(self, spectrum, other, other_floor):
        clear_cdb = other.levels_cdb[TELEPHONE] - other_floor.levels_cdb[TELEPHONE]
        if clear_cdb < CLEAR_CDB:
            return
        if self._n_frames < N_FAST_FRAMES:
            self._n_frames += 1
            if self._n_frames == N_FAST_FRAMES:
                self._limits[3] = SLOW_STEP_16TH
        kernels.track_leak(
            spectrum.levels_cdb,
            other.levels_cdb,
            other_floor.levels_cdb,
            TELEPHONE + 1,
            self._limits,
            self.leak,
        )
        self.level_cdb = self.leak[TELEPHONE] >> 4


class Features:
    """values[0..71]: rises of the agent, of the line; above leak: agent, line; 4 scalars each."""

    def __init__(self, leak_agent_cdb, leak_line_cdb):
        self.values = array("i", bytes(4 * N_FEATURES))
        self.agent_leak = BandLeak(leak_agent_cdb, LEAK_AGENT_CDB)
        self.line_leak = BandLeak(leak_line_cdb, LEAK_LINE_CDB)
        self._agent_peak_cdb = LEAST_PEAK_CDB
        self._line_peak_cdb = LEAST_PEAK_CDB
        self._n_frames = 0  # since the peaks last decayed

    def update(self, agent, agent_floor, line, line_floor):
        """agent, line: the frame's Spectrum; *_floor: its NoiseFloor, already updated."""
        values = self.values
        agent_cdb = agent.levels_cdb
        line_cdb = line.levels_cdb
        self.agent_leak.update(agent, line, line_floor)
        self.line_leak.update(line, agent, agent_floor)
        kernels.rise(agent_cdb, agent_floor.levels_cdb, N_BANDS, values, 0)
        kernels.rise(line_cdb, line_floor.levels_cdb, N_BANDS, values, N_BANDS)
        kernels.above_leak(agent_cdb, line_cdb, self.agent_leak.leak, N_BANDS, values, 2 * N_BANDS)
        kernels.above_leak(line_cdb, agent_cdb, self.line_leak.leak, N_BANDS, values, 3 * N_BANDS)
        self._n_frames += 1
        if self._n_frames == PEAK_DECAY_FRAMES:
            self._n_frames = 0
            self._agent_peak_cdb -= 1
            self._line_peak_cdb -= 1
        at = 4 * N_BANDS
        self._agent_peak_cdb = _scalars(agent, agent_floor, self._agent_peak_cdb, values, at)
        at += 4
        self._line_peak_cdb = _scalars(line, line_floor, self._line_peak_cdb, values, at)


def _scalars(spectrum, floor, peak_cdb, values, at):
    """Level, floor, peak and rise; returns the new peak."""
    level_cdb = spectrum.levels_cdb[TELEPHONE]
    floor_cdb = floor.levels_cdb[TELEPHONE]
    if level_cdb > peak_cdb:
        peak_cdb = level_cdb
    if peak_cdb < LEAST_PEAK_CDB:
        peak_cdb = LEAST_PEAK_CDB
    values[at] = _word(level_cdb - MIDDLE_CDB)
    values[at + 1] = _word(floor_cdb - MIDDLE_CDB)
    values[at + 2] = _word(peak_cdb - MIDDLE_CDB)
    values[at + 3] = _word(spectrum.rise_cdb)
    return peak_cdb


def _word(cdb):
    """4 centi-dB each; levels are at most 0 and rises are clamped, so words stay within 1250."""
    if cdb < -5000:
        cdb = -5000
    if cdb > 5000:
        cdb = 5000
    return cdb >> 2
