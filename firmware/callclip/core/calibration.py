"""What 0 dBFS is at a microphone, found with a steady sound of known level held to it.

The known level is in dB(A), as rules/dose.py counts; of the usual calibrator's tone of 1 kHz, dB
SPL and dB(A) are the same. A-weighted levels of half-seconds are compared until N_STEADY in a row
lie within STEADY_CDB; the known level less their median is `offset_cdb`, since the sound may set in
within the first of them. A level with which the
offset would be none that a microphone can have is taken for a calibrator that is not on yet.
Levels in centi-dB re full scale, but for the known one; times in frames.
Called by: calibrating, once a frame and off the frame path: it may allocate. Ref: IEC 60942.
"""

from array import array

from callclip.core import config, tables, units
from callclip.core.calibstates import (
    AGENT_KEYS,
    CLIPPED,
    DONE,
    FAILED,
    IDLE,
    KEYS,
    LISTENING,
    LOST,
    NO_REASON,
    NO_SOUND,
    UNSTEADY,
)
from callclip.core.kernels import levels
from callclip.core.pack import pack
from callclip.core.rules.dose import ASSUMED_OFFSET_CDB, LEAST_OFFSET_CDB

HALF_SECOND = 500 // units.FRAME_MS  # frames
N_STEADY = 6
STEADY_CDB = 100
LONGEST_FRAMES = 20000 // units.FRAME_MS
MOST_OFFSET_CDB = 14000
_POWER_OFFSET_CDB = -8700  # of levels.power_of


class Calibration:
    """`state`, `reason`; `known_cdb`; `level_cdb` and `spread_cdb` of the last steady stretch;
    `offset_cdb`: 0 until it is done; `is_agent`: which microphone."""

    def __init__(self, known_cdb=0, index=0, is_agent=0):
        """known_cdb: listen for it from the frame behind `index` on; 0: do nothing."""
        self.is_agent = is_agent
        self.state = LISTENING if known_cdb else IDLE
        self.reason = NO_SOUND if known_cdb else NO_REASON
        self.known_cdb = known_cdb
        self.level_cdb = -12000
        self.spread_cdb = 0
        self.offset_cdb = 0
        self._index = index  # of the last frame
        self._ends = index + LONGEST_FRAMES
        self._power = 0  # of this half-second, summed: 25 times less than 2^29, below 2^34
        self._n = 0
        self._halves = []  # levels of the last ones
        if known_cdb:
            self._pair = array("i", [0])
            self._offset = array("i", [_POWER_OFFSET_CDB])
            self._out = array("i", [0])
            self._pack = pack(self._pair, self._offset, 1, tables.LOG, self._out)

    def fail(self, reason):
        self.state = FAILED
        self.reason = reason

    def hear(self, index, weighted_cdb, n_clipped):
        """One frame; index counts them, lost ones too. Does nothing unless it is listening."""
        if self.state != LISTENING or index == self._index:
            return
        is_lost = index != self._index + 1
        self._index = index
        if is_lost or n_clipped:
            self.reason = LOST if is_lost else CLIPPED
            self._forget()
        else:
            self._power += levels.power_of(weighted_cdb, tables.EXP)
            self._n += 1
            if self._n == HALF_SECOND:
                self._judge()
        if self.state == LISTENING and index >= self._ends:
            self.fail(self.reason)

    def _forget(self):
        self._power = self._n = 0
        self._halves = []

    def _judge(self):
        """A half-second is over."""
        self._pair[0] = self._power // HALF_SECOND
        levels.centidb(0, 0, self._pack)
        level_cdb = self._out[0]
        self._power = self._n = 0
        if not LEAST_OFFSET_CDB <= self.known_cdb - level_cdb <= MOST_OFFSET_CDB:
            self.level_cdb = level_cdb
            self.reason = NO_SOUND
            self._halves = []
            return
        self._halves.append(level_cdb)
        if len(self._halves) > N_STEADY:
            self._halves.pop(0)
        self.level_cdb = sorted(self._halves)[len(self._halves) // 2]
        self.spread_cdb = max(self._halves) - min(self._halves)
        self.reason = UNSTEADY
        if len(self._halves) == N_STEADY and self.spread_cdb <= STEADY_CDB:
            self.offset_cdb = self.known_cdb - self.level_cdb
            self.state = DONE
            self.reason = NO_REASON


def calibrated(values, offset_cdb, is_agent=0):
    """A configuration with that offset: limits stay the sound pressure they were. Those of the
    agent's level are moved where they are used (calibstates.at_the_mouth), that of a shock here."""
    if is_agent:
        out = dict(values)
        out[AGENT_KEYS[0]] = offset_cdb
        return out
    before_cdb = config.value_of(values, "spl_offset_cdb") or ASSUMED_OFFSET_CDB
    _name, _default, low, high = config.row_of("shock_peak_cdb")
    shock_cdb = config.value_of(values, "shock_peak_cdb") + before_cdb - offset_cdb
    shock_cdb = min(max(shock_cdb, low), high)
    out = dict(values)
    out["spl_offset_cdb"] = offset_cdb
    out["shock_peak_cdb"] = shock_cdb
    return out


def uncalibrated(values):
    """The same configuration without offsets, and with the default's limit of a shock."""
    out = dict(values)
    for key in KEYS + AGENT_KEYS:
        out.pop(key, None)
    return out
