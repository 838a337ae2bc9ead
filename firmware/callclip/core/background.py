"""What a channel carries when nobody speaks: nothing, a quiet line, or noise.

NO_SIGNAL needs LOW_FRAMES frames below the limit and ends with HIGH_FRAMES in a row above it.
Frames that stand above it but may be nothing but leak or a tone say nothing and are passed over;
but where the net finds no noise of the line's own behind the leak either, they are silence: a
dropped line stands above the limit in a loud room. It is dated back to where leak began to explain
all that is heard. Of a loud room the net leaves a little over: behind leak, a noise of up to 5 dB
above the limit is none. And against the net's word a line is up only after UNTOLD_FRAMES.
What is up is graded by its noise: the floor, and what the net adds to it (keys, gusts) or takes
away (a long sentence, the other side's noise), kept while music or a tone hides it. Smoothed over
1.3 s it is Channel.noise_cdb, and decides what is NOISE, since keys and gusts come and go: the
floor alone is 8 dB too high in one twentieth of all speech, since a long sentence raises it, and
too low for seconds after a hole in the noise. Smoothed over a third of a second it tells whether a
line is up.
Out: state and the frame since which it holds (back-dated), Channel.noise_cdb.
Followed by kernels/background.py. Called by: ear.py.
"""

from array import array

from callclip.core import units
from callclip.core.frame import NO_SIGNAL

LOW_FRAMES = units.frames_from_ms(200)  # as the kernel says
HIGH_FRAMES = units.frames_from_ms(100)
UNTOLD_FRAMES = units.frames_from_ms(1000)
_STATE, _SINCE = range(2)


ANY_CDB = -30000  # an own_cdb that every noise reaches


class Background:
    def __init__(self, no_signal_cdb, noise_limit_cdb, own_cdb=ANY_CDB):
        """own_cdb: below it the net's word on the noise means that the channel has none."""
        limits = (no_signal_cdb, noise_limit_cdb, 0, 0, 0, 0, 0, own_cdb, 0, 0)
        self.facts = array("i", (NO_SIGNAL, 0) + limits)

    @property
    def state(self):
        return self.facts[_STATE]

    @property
    def since(self):
        return self.facts[_SINCE]
