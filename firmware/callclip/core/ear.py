"""What is kept for one channel from frame to frame, and the one pack of the kernels about it.

A pack ends with 0: kernels that look at all channels go on until then.

A moment is what the parts of a frame tell each other about the channel: kernels/moments.py begins
it, later kernels read and correct it.
Called by: hearing.py.
"""

from array import array

from callclip.core.background import Background
from callclip.core.floor import NoiseFloor
from callclip.core.frame import NEVER, fact
from callclip.core.hindsight import Hindsight
from callclip.core.pack import pack
from callclip.core.speech import SpeechDetector
from callclip.core.speechlevel import SpeechLevel

_N_MOMENT = 15


class Moment:
    """Words of one frame; kernels know them as _MOMENT_<NAME>."""

    shown = fact(0)  # the frame that is shown
    heard = fact(1)  # and the one at the microphones
    is_settling = fact(2)  # not 0 while hindsight must say nothing; 2: for the level alone
    is_other = fact(3)  # 1 if the sound is another than speech
    sound = fact(4)  # which
    since = fact(5)  # since when
    until = fact(6)  # the last frame of music
    is_foreign = fact(7)  # what is heard may be leak or a tone; 3 while the agent talks
    is_hidden = fact(8)  # its noise is hidden
    level_cdb = fact(9)
    ground_cdb = fact(10)  # its floor
    is_high = fact(11)  # 1 if it stands above its floor
    is_busy = fact(12)  # cycles of a busy tone
    tonal_until = fact(13)  # until then a tone is not settled
    while_agent_talks = fact(14)  # what that adds to is_foreign

    def __init__(self):
        self.facts = array("i", bytes(4 * _N_MOMENT))
        self.tonal_until = NEVER


class Ear:
    def __init__(self, spectrum, facts, levels_q8, *limits_cdb):
        """facts: of the channel that is shown; levels_q8: a row of tuning.py; limits_cdb: as
        Background takes them."""
        self.spectrum = spectrum
        self.facts = facts
        self.floor = NoiseFloor(spectrum)
        self.moment = Moment()
        self.speech = SpeechDetector(levels_q8)
        self.hindsight = Hindsight(levels_q8)
        self.background = Background(*limits_cdb)
        self.level = SpeechLevel(facts)
        self.pack = pack()

    def listen_to(self, logits_q8, live, late, noise):
        """live, late, noise: which of the logits are about this channel."""
        about = (logits_q8, live, late, noise)
        states = (self.hindsight.state, self.speech.state, self.background.facts)
        level = (self.level.tables, self.level.state)
        self._parts = (self.facts, self.moment.facts) + about + states + level
        self.pack = pack(*self._parts, 0)


def pair(first, second):
    """One pack of two ears, for kernels that do what they do for each; their own lie within it."""
    both = pack(*first._parts, *second._parts, 0)
    first.pack = both
    second.pack = memoryview(both)[len(first._parts) :]  # pyright: ignore
    return both
