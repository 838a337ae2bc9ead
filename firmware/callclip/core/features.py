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

from callclip.core.bands import N_BANDS, TELEPHONE
from callclip.core.kernels import features as kernels

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

    def __init__(self, leak_agent_cdb, leak_line_cdb):
        self.values = array("i", bytes(4 * N_FEATURES))
        self.agent_leak = BandLeak(leak_agent_cdb, LEAK_AGENT_CDB)
        self.line_leak = BandLeak(leak_line_cdb, LEAK_LINE_CDB)
        self._peaks = array("i", [LEAST_PEAK_CDB, LEAST_PEAK_CDB, 0])

    def update(self, agent, agent_floor, line, line_floor):
        """agent, line: the frame's Spectrum; *_floor: its NoiseFloor, already updated."""
        agent_cdb = agent.levels_cdb
        line_cdb = line.levels_cdb
        agent_floor_cdb = agent_floor.levels_cdb
        line_floor_cdb = line_floor.levels_cdb
        to_agent = self.agent_leak
        to_line = self.line_leak
        track_leak = kernels.track_leak
        track_leak(agent_cdb, line_cdb, line_floor_cdb, to_agent.limits, to_agent.leak)
        track_leak(line_cdb, agent_cdb, agent_floor_cdb, to_line.limits, to_line.leak)
        kernels.gather(
            0,
            0,
            agent_cdb,
            agent_floor_cdb,
            line_cdb,
            line_floor_cdb,
            to_agent.leak,
            to_line.leak,
            self._peaks,
            self.values,
        )
