"""DOSE: how much sound the ear has had today; hourly, and when it passes 50, 80 and 100 %.

Serves headset safety: turn the headset down before the ear suffers. Noise exposure is energy, with
an exchange of 3 dB in all the standards, so that one sum serves them all; they differ in the 8-hour
level that is 100 % (`dose_limit_cdb`). The sum is A-weighted, of the line alone, calls or not.
`spl_offset_cdb` says what 0 dBFS is at the ear. While it is 0 the unit is uncalibrated: 105 dB SPL
are assumed, as speech at the nominal -26 dBFS would be heard at the 79 dB SPL of ITU-T P.830. Such
a dose is a trend, no measurement.
A day begins with the unit, or with the first call after REST_MS without one, and has 24 hours. The
event is about no call, its number is 0. Values: per cent, and the equivalent level since the day
began (centi-dB re full scale).
Ref: 2003/10/EC (80, 85, 87 dB(A)); NIOSH 98-126 (85); ITU-T H.870 (80 dB(A), 40 h a week).
"""

from array import array

from callclip.core import events, tables
from callclip.core.frame import fact
from callclip.core.kernels import levels, watches
from callclip.core.pack import pack
from callclip.core.rules.rule import HEAD_WORDS, Rule
from callclip.core.units import frames_from_ms

ASSUMED_OFFSET_CDB = 10500
LEAST_OFFSET_CDB = 9000
HOUR_FRAMES = frames_from_ms(3600000)  # as kernels/watches.py has them
DAY_FRAMES = 24 * HOUR_FRAMES
REST_MS = 21600000
STEPS_PCT = (50, 80, 100)
MOST_PCT = 9999
_POWER_OFFSET_CDB = -8700  # of levels.power_of, in which energy is counted
_BITS_CDB = 3612  # 12 bits
_NO_STEP = 0x3FFFFFFF


class Dose(Rule):
    n_heard = fact(HEAD_WORDS)  # of this day
    n_hour = fact(HEAD_WORDS + 1)  # since the last hour was full
    n_idle = fact(HEAD_WORDS + 2)  # since the last call, up to REST_MS
    next_share = fact(HEAD_WORDS + 4)  # energy >> 24 of the next of STEPS_PCT
    # Energy below 2^24, energy >> 24. Bound: see kernels/watches.py.
    low = fact(HEAD_WORDS + 6)
    high = fact(HEAD_WORDS + 7)

    def __init__(self, call, config):
        exp_table = tables.EXP
        self._full = _full_dose(config, exp_table)  # energy >> 24 of 100 %
        self._steps = [_share(self._full, pct) for pct in STEPS_PCT] + [_NO_STEP]
        first = self._steps[0]
        # Then smoothed powers outside and inside the bands, and scratch.
        words = [0, 0, 0, frames_from_ms(REST_MS), first, first, 0, 0, 0, 0, 0, 0, 0]
        super().__init__(call, words)
        self._in = array("i", [0, 0])
        self._out = array("i", [0, 0])
        self._offsets = array("i", [0, 0])
        self._pack = pack(self._in, self._offsets, 2, tables.LOG, self._out)

    def meter(self):
        return watches.expose

    def judge(self, frame):
        step = self._steps.index(self.next_share)
        if self.high >= self.next_share:
            self.next_share = self._steps[step + 1]
        self._call.emit_for(0, events.DOSE, self._pct(), self._leq_cdb())

    def _pct(self):
        energy = self.high
        if energy < 1 << 23:
            pct = energy * 100 // self._full
        else:
            pct = energy // (self._full // 100)
        return pct if pct < MOST_PCT else MOST_PCT

    def _leq_cdb(self):
        """The day's energy over its frames, both as logarithms."""
        low = self.low
        high = self.high
        pair = self._in
        if high < 1 << 6:
            pair[0] = high << 24 | low
            scale_cdb = 0
        elif high < 1 << 18:
            pair[0] = high << 12 | low >> 12
            scale_cdb = _BITS_CDB
        else:
            pair[0] = high
            scale_cdb = 2 * _BITS_CDB
        pair[1] = self.n_heard
        out = self._out
        levels.centidb(0, 0, self._pack)
        return out[0] - out[1] + scale_cdb + _POWER_OFFSET_CDB


def _share(full, pct):
    """The least whole number that is pct per cent of `full`."""
    return full // 100 * pct + (full % 100 * pct + 99) // 100


def _full_dose(config, exp_table):
    """Energy >> 24 of eight hours at `dose_limit_cdb`: its power times 1,440,000 frames / 2^24.

    The power is below 2^29, as the limit lies below 0 dBFS for every offset that is believed.
    """
    offset_cdb = config.spl_offset_cdb
    if offset_cdb == 0:
        offset_cdb = ASSUMED_OFFSET_CDB
    offset_cdb = max(offset_cdb, LEAST_OFFSET_CDB)
    power = levels.power_of(config.dose_limit_cdb - offset_cdb, exp_table)
    return (power >> 16) * 5625 + ((power & 0xFFFF) * 5625 >> 16)
