"""The agent's microphone is dead or stuck: what leaks of his voice into the line is no customer's.

While both microphones hear, leak is told by comparing them. With the line's alone there is only its
level left: leak is 20 dB below a voice, nominally, and no customer falls by GAP_CDB within his own
call. How loud he is is kept all the time: the loudest of late, a little less with each frame of
voice, whosever it is, so that a faint customer after a loud one is heard after a while. As long as
nothing has been heard he is taken for one of nominal level.
Followed by kernels/onesided.py. Called by: hearing.py. Ref: contract, section 1 (nominal level).
"""

from array import array

from callclip.core.pack import pack

NOMINAL_CDB = -2600
_NOTHING_CDB = -12000


class OneSided:
    def __init__(self, levels_cdb, facts, moment, logits_q8, voice_q8):
        """facts: of the frame; moment: the line's; voice_q8: the limit of LINE_SPEECH."""
        self.state = array("i", (0, _NOTHING_CDB, NOMINAL_CDB * 16, voice_q8))
        self.pack = pack(levels_cdb, facts, moment, logits_q8, self.state)
