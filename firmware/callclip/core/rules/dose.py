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

from callclip.core import events, units
from callclip.core.kernels import levels, loudness
from callclip.core.units import frames_from_ms

ASSUMED_OFFSET_CDB = 10500
LEAST_OFFSET_CDB = 9000
HOUR_FRAMES = frames_from_ms(3600000)
DAY_FRAMES = 24 * HOUR_FRAMES
REST_MS = 21600000
STEPS_PCT = (50, 80, 100)
MOST_PCT = 9999
_POWER_OFFSET_CDB = -8700  # of levels.power_of, in which energy is counted
_BITS_CDB = 3612  # 12 bits


class Dose:
    def __init__(self, call, config):
        self._call = call
        self._rest = frames_from_ms(REST_MS)
        self._levels = array("i", [0, 0, 0])
        # Energy below 2^24, energy >> 24; smoothed powers; scratch. Bound: see kernels/loudness.py.
        self._energy = array("i", bytes(4 * 7))
        self._exp_table = units.EXP_TABLE
        self._log_table = units.LOG_TABLE
        self._in = array("i", [0, 0])
        self._out = array("i", [0, 0])
        self._full = _full_dose(config, self._exp_table)  # energy >> 24 of 100 %
        self._steps = array("i", [_share(self._full, pct) for pct in STEPS_PCT])
        self._n_frames = 0  # of this day
        self._n_idle = 0  # frames since the last call, up to REST_MS
        self._n_steps = 0  # of STEPS_PCT that are passed

    def step(self, frame):
        """Once a frame, in a call or not."""
        if self._call.number:
            if self._n_idle == self._rest:
                self._begin_day()
            self._n_idle = 0
        elif self._n_idle < self._rest:
            self._n_idle += 1
        else:
            return
        if self._n_frames == DAY_FRAMES:
            self._begin_day()
        self._n_frames += 1
        line = frame.line
        now = self._levels
        now[0] = line.weighted_cdb
        now[1] = line.band_cdb
        now[2] = line.level_cdb
        loudness.expose(now, self._exp_table, self._energy)
        is_due = self._n_frames % HOUR_FRAMES == 0
        n_steps = self._n_steps
        if n_steps < len(STEPS_PCT) and self._energy[1] >= self._steps[n_steps]:
            self._n_steps += 1
            is_due = True
        if is_due:
            self._call.emit_for(0, events.DOSE, self._pct(), self._leq_cdb())

    def _begin_day(self):
        self._n_frames = 0
        self._n_steps = 0
        self._energy[0] = 0
        self._energy[1] = 0

    def _pct(self):
        energy = self._energy[1]
        if energy < 1 << 23:
            pct = energy * 100 // self._full
        else:
            pct = energy // (self._full // 100)
        return pct if pct < MOST_PCT else MOST_PCT

    def _leq_cdb(self):
        """The day's energy over its frames, both as logarithms."""
        low = self._energy[0]
        high = self._energy[1]
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
        pair[1] = self._n_frames
        out = self._out
        levels.centidb(pair, 2, self._log_table, 0, out, 0)
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
