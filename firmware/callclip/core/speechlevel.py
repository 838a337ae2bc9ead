"""Running active speech level of one channel, over about the last 3 s of own speech.

Counted are frames of a talk spurt and the first 200 ms after its last active frame, as P.56 does,
so the level agrees with an active speech level and not with the loudest syllables.
In and out: centi-dB. Called by: hearing.py. Ref: ITU-T P.56, method B (hangover 0.2 s).
"""

from array import array

from callclip.core import units
from callclip.core.frame import NEVER
from callclip.core.kernels import levels

HANGOVER_FRAMES = units.frames_from_ms(200)
MEMORY_SHIFT = 7  # 2^7 frames = 2.56 s
POWER_OFFSET_CDB = -8700


class SpeechLevel:
    """Sets channel.is_in_spurt and channel.speech_cdb. The mean power is below 2^29."""

    def __init__(self):
        self._mean = 0
        self._n_frames = 0  # up to 2^MEMORY_SHIFT
        self._value = array("i", [0])
        self._out = array("i", [0])
        self._log_table = array("i", units.LOG_TABLE)
        self._exp_table = array("i", units.EXP_TABLE)

    def update(self, channel, index):
        last = channel.last_active
        if last == NEVER or index - last > HANGOVER_FRAMES:
            channel.is_in_spurt = 0
            return
        channel.is_in_spurt = 1
        power = levels.power_of(channel.level_cdb, self._exp_table)
        n_frames = self._n_frames
        if n_frames < 1 << MEMORY_SHIFT:
            n_frames += 1
            self._n_frames = n_frames
            self._mean += (power - self._mean) // n_frames
        else:
            self._mean += (power - self._mean) >> MEMORY_SHIFT
        self._value[0] = self._mean
        levels.centidb(self._value, 1, self._log_table, POWER_OFFSET_CDB, self._out, 0)
        channel.speech_cdb = self._out[0]
