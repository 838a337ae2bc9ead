"""What a channel carries when nobody speaks: nothing, a quiet line, or noise.

NO_SIGNAL needs LOW_FRAMES frames below the limit and ends with HIGH_FRAMES in a row above it.
Frames that stand above it but may be nothing but leak or a tone say nothing and are passed over.
What is up is graded by its floor, or by the mean power of the pauses over the last 2.6 s where that
is more, so that keys and gusts count for what they are; on the line a little less, since echoes and
codecs fill its pauses. A frame counts for MOST_ABOVE_CDB more than the mean at the most: a missed
syllable is no noise.
Out: state and the frame since which it holds (back-dated).
Called by: hearing.py.
"""

from array import array

from callclip.core import units
from callclip.core.frame import NO_SIGNAL
from callclip.core.kernels import background as kernels
from callclip.core.kernels import levels

LOW_FRAMES = units.frames_from_ms(200)  # as the kernel says
HIGH_FRAMES = units.frames_from_ms(100)
_POWER_OFFSET_CDB = -8700  # of levels.power_of
_STATE, _SINCE, _NO_SIGNAL_CDB, _NOISE_CDB, _ECHO_CDB, _RUN, _RUN_START, _MEAN, _MEAN_CDB = range(9)


class Background:
    def __init__(self, no_signal_cdb, noise_cdb, echo_cdb):
        """echo_cdb: what the pauses hold beside noise."""
        self.facts = array("i", (NO_SIGNAL, 0, no_signal_cdb, noise_cdb, echo_cdb, 0, 0, 0, 0))
        rows = memoryview(self.facts)
        self._mean = rows[_MEAN:_MEAN_CDB]
        self._mean_cdb = rows[_MEAN_CDB:]
        self._offset = array("i", [_POWER_OFFSET_CDB])
        self.exp_table = units.EXP_TABLE
        self._log_table = units.LOG_TABLE

    @property
    def state(self):
        return self.facts[_STATE]

    @property
    def since(self):
        return self.facts[_SINCE]

    def update(self, channel, level_cdb, is_foreign, is_other_sound, index):
        """level_cdb: of frame `index`; channel: as it is shown.

        is_foreign: what is heard may be leak or a tone, and says nothing about a signal;
        is_other_sound: or it is no pause.
        """
        facts = self.facts
        is_due = kernels.listen(
            level_cdb, index, is_foreign, is_other_sound, self.exp_table, facts, channel.facts
        )
        if is_due:
            self.grade(channel.facts)

    def grade(self, channel_facts):
        """The mean power of the pauses has changed."""
        levels.centidb(0, 0, self._mean, self._offset, 1, self._log_table, self._mean_cdb)
        kernels.grade(self.facts, channel_facts)
