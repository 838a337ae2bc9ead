"""One channel's own speech, frame by frame: its power without noise, and its activity after P.56.

Only frames in which this channel's person speaks carry power and drive the envelope, so that the
other channel's leak and the room never count, however quiet the voice is; after a word the envelope
falls and hangs over by itself, as it would in a recording of the clean voice.
Also the running active speech level, over about the last 3 s of own speech.
In: centi-dB and speech decisions of one frame. Out: Channel.own_cdb, threshold, is_in_spurt,
speech_cdb, by kernels/activity.py. Called by: ear.py.
Ref: ITU-T P.56, method B (hangover 0.2 s).
"""

from array import array

from callclip.core import tables, units
from callclip.core.activelevel import N_THRESHOLDS
from callclip.core.pack import pack

HANGOVER_FRAMES = units.frames_from_ms(200)
POWER_OFFSET_CDB = -8700
_SPEECH_CDB = 12  # in a channel's facts


class SpeechLevel:
    def __init__(self, facts):
        """facts: of the channel."""
        # Two averages, place in the ring of thresholds, the ring, mean power, frames of it.
        self.state = array("i", [0, 0, 3] + [N_THRESHOLDS] * HANGOVER_FRAMES + [0, 0])
        mean = memoryview(self.state)[3 + HANGOVER_FRAMES :]
        mean_cdb = memoryview(facts)[_SPEECH_CDB : _SPEECH_CDB + 1]
        self._offset = array("i", [POWER_OFFSET_CDB])
        self.tables = tables.EXP_AND_LESS
        self.mean_pack = pack(mean, self._offset, 1, tables.LOG, mean_cdb)
