"""One frame of both channels as the net sees it: 72 words, none of which can be turned into sound.

For each channel: the rise of 16 bands above the noise floor and above what leaks over from the
other microphone; level, floor and recent peak of the telephone band; and how much louder the
frame's second half is than its first. The recent peak is reached within a word's first frames: a
knock, or the pop of a microphone that is switched on, is not the loudest voice for minutes. Nothing
here depends on what was decided before, so a wrong decision never feeds itself.
In: centi-dB. Out: words of 4 centi-dB. Called by: hearing.py, once a frame.
Ref: H. Robbins, S. Monro, A stochastic approximation method, Annals of Mathematical Statistics 22,
1951 (quantile tracking, for the leak).
"""

from array import array

from callclip.core.bands import N_BANDS, TELEPHONE
from callclip.core.kernels import features as kernels
from callclip.core.pack import pack

N_FEATURES = 4 * N_BANDS + 8
LEAST_PEAK_CDB = -6500
CLEAR_CDB = 2000  # a band so far above its floor is surely heard on the other microphone, too
FAST_STEP_16TH = 256  # 1/16 centi-dB: up 0.16 dB a frame
LEAK_LINE_CDB = (-4000, -700)  # lowest and highest that is believed
LEAK_AGENT_CDB = (-5000, -1500)


class BandLeak:
    """How loud one microphone hears what belongs to the other, in each band and in all of them."""

    def __init__(self, start_cdb, limits_cdb):
        self.leak = array("i", [start_cdb << 4] * (TELEPHONE + 1))  # of each band, 1/16 centi-dB
        self.limits = array("i", (CLEAR_CDB, limits_cdb[0], limits_cdb[1], FAST_STEP_16TH, 0))

    @property
    def level_cdb(self):
        """Of the telephone band."""
        return self.leak[TELEPHONE] >> 4


class Features:
    """values[0..71]: rises of the agent, of the line; above leak: agent, line; 4 scalars each.

    The scalars are level, floor and recent peak of the telephone band, and the rise within the
    frame.
    """

    def __init__(self, leak_agent_cdb, leak_line_cdb, agent, agent_floor, line, line_floor):
        """agent, line: the channels' Spectrum; *_floor: their NoiseFloor."""
        self.values = array("i", bytes(4 * N_FEATURES))
        self.agent_leak = BandLeak(leak_agent_cdb, LEAK_AGENT_CDB)
        self.line_leak = BandLeak(leak_line_cdb, LEAK_LINE_CDB)
        self._peaks = array("i", [LEAST_PEAK_CDB, LEAST_PEAK_CDB, 0])
        own = (agent.levels_cdb, agent_floor.levels_cdb)
        other = (line.levels_cdb, line_floor.levels_cdb)
        leaks = (self.agent_leak.leak, self.line_leak.leak)
        limits = (self.agent_leak.limits, self.line_leak.limits)
        words = pack(*own, *other, *leaks, *limits, self._peaks, self.values)
        self.steps = ((kernels.track_leaks, words), (kernels.gather, words))
