"""One channel's own speech, frame by frame: its power without noise, and its activity after P.56.

Only frames in which this channel's person speaks carry power and drive the envelope, so that the
other channel's leak and the room never count, however quiet the voice is; after a word the envelope
falls and hangs over by itself, as it would in a recording of the clean voice.
Also the running active speech level, over about the last 3 s of own speech.
In: centi-dB and speech decisions of one frame. Out: Channel.own_cdb, threshold, is_in_spurt,
speech_cdb. Called by: hearing.py. Ref: ITU-T P.56, method B (hangover 0.2 s).
"""

from array import array

from callclip.core import units
from callclip.core.activelevel import MARGIN_CDB, N_THRESHOLDS, NOTHING_CDB, STEP_CDB
from callclip.core.frame import NEVER
from callclip.core.kernels import activity, levels

HANGOVER_FRAMES = units.frames_from_ms(200)
MEMORY_SHIFT = 7  # 2^7 frames = 2.56 s
POWER_OFFSET_CDB = -8700

# Sound that is d to d + 1 dB above its noise: centi-dB by which the speech in it is below it.
LESS_CDB = (963, 535, 359, 256, 190, 143, 110, 85, 66, 52, 41, 32, 25, 20, 16, 12)


class SpeechLevel:
    """The mean power is below 2^29."""

    def __init__(self):
        self._mean = 0
        self._n_frames = 0  # up to 2^MEMORY_SHIFT
        self._state = array("i", [0, 0, 3] + [N_THRESHOLDS] * HANGOVER_FRAMES)
        self._value = array("i", [0])
        self._out = array("i", [0])
        self._log_table = units.LOG_TABLE
        self._exp_table = units.EXP_TABLE

    def update(self, channel, index):
        """index: of the frame that `channel` describes."""
        own_cdb = NOTHING_CDB
        if channel.is_active:
            own_cdb = max(NOTHING_CDB, without_noise(channel.level_cdb, channel.floor_cdb))
        channel.own_cdb = own_cdb
        threshold = activity.highest_threshold(own_cdb, self._exp_table, self._state)
        channel.threshold = threshold
        last = channel.last_active
        channel.is_in_spurt = 0 if last == NEVER or index - last > HANGOVER_FRAMES else 1
        if own_cdb > NOTHING_CDB:
            self._average(channel, levels.power_of(own_cdb, self._exp_table))
        elif channel.speech_cdb - MARGIN_CDB <= -threshold * STEP_CDB:
            self._average(channel, 0)

    def _average(self, channel, power):
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


def without_noise(level_cdb, floor_cdb):
    """The level of what is left when noise of floor_cdb is taken out of a sound of level_cdb."""
    above = (level_cdb - floor_cdb) // 100
    if above >= len(LESS_CDB):
        return level_cdb
    return level_cdb - LESS_CDB[above if above > 0 else 0]
