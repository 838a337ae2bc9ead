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
from callclip.core.activelevel import N_THRESHOLDS, NOTHING_CDB
from callclip.core.kernels import activity, levels

HANGOVER_FRAMES = units.frames_from_ms(200)
POWER_OFFSET_CDB = -8700
_SPEECH_CDB = 12  # in a channel's facts

# Sound that is d to d + 1 dB above its noise: centi-dB by which the speech in it is below it.
LESS_CDB = (963, 535, 359, 256, 190, 143, 110, 85, 66, 52, 41, 32, 25, 20, 16, 12)


class SpeechLevel:
    def __init__(self):
        # Two averages, place in the ring of thresholds, the ring, mean power, frames of it.
        self.state = array("i", [0, 0, 3] + [N_THRESHOLDS] * HANGOVER_FRAMES + [0, 0])
        self._mean = memoryview(self.state)[3 + HANGOVER_FRAMES :]
        self._mean_cdb = array("i", [NOTHING_CDB])
        self._offset = array("i", [POWER_OFFSET_CDB])
        self._log_table = units.LOG_TABLE
        self.tables = array("i", list(units.EXP_TABLE) + list(LESS_CDB))

    def update(self, channel, index):
        """index: of the frame that `channel` describes."""
        if activity.follow(0, index, self.tables, self.state, channel.facts):
            self.take_mean(channel.facts)

    def take_mean(self, facts):
        """The mean power has changed."""
        mean_cdb = self._mean_cdb
        levels.centidb(0, 0, self._mean, self._offset, 1, self._log_table, mean_cdb)
        facts[_SPEECH_CDB] = mean_cdb[0]
