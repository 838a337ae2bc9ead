"""Is a voice as loud as the person at this microphone is? If not, it is somebody else's.

At the agent's mouth a neighbour is fainter than he is by far, however alike they sound: what stays
AGENT_GAP_CDB below how loud he has been of late is not his. On the line a customer may be as faint
as leak, and leak is told by comparing both microphones; only while the agent's gives nothing, dead
or stuck, or switched off by him, leak has nothing but its level: 20 dB below a voice, nominally.
How loud a person is: where his loud frames are, a little less with each frame of voice, whosever
it is, and more if it is doubted, so that somebody fainter is heard after a while. The level is held
and falls slowly, so that a word's soft end belongs to the word. Nobody counts as louder than
MOST_CDB: what rubs or knocks on a microphone is, and passes for a voice now and then. Before a call
nobody knows who will speak: nobody counts as louder than BEFORE_CDB, of which all but a whisper is
within the gap.
Followed by kernels/nearness.py. Called by: hearing.py. Ref: contract, section 1 (nominal level).
"""

from array import array

from callclip.core.pack import pack

MOST_CDB = -1500
BEFORE_CDB = -2900
AGENT_GAP_CDB = 1500
AGENT_FALL_CDB = 10  # a frame: 5 dB a second
LINE_GAP_CDB = 1200
LINE_FALL_CDB = 20
_NOTHING_CDB = -12000


class Nearness:
    def __init__(self, levels_cdb, facts, agent_moment, line_moment, logits_q8, *voice_q8):
        """facts: of the frame; logits_q8: the live ones first; voice_q8: from which on the agent
        and the customer may speak."""
        before = (_NOTHING_CDB, BEFORE_CDB * 16)
        agent = before + (voice_q8[0], AGENT_FALL_CDB, AGENT_GAP_CDB)
        line = before + (voice_q8[1], LINE_FALL_CDB, LINE_GAP_CDB)
        self.state = array("i", (0,) + agent + line)
        self.pack = pack(levels_cdb, facts, agent_moment, line_moment, logits_q8, self.state)
