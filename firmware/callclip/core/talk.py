"""Who has spoken in the present call, who spoke last, and since when the line is up or down.

The facts that several rules share, worked out once a frame. A spurt counts once hearing has found a
voice in it (spurt_ms is not 0), and then from its beginning; until then it may be a keyboard. Once
the customer has been heard, a spurt counts as his only if it comes near to how loud he gets: what
passes for a voice in babble, or behind a hole in the noise, must not keep a call from closing.
All times are frame indices; NEVER where it has not happened in this call. A line that is up carries
comfort noise, noise or speech; tones are neither up nor down, and music takes a dropped line back
but is no conversation.
The facts stand in an array that kernels/rules.py follows; attributes are a view of it.
Called by: call.py; read by the rules.
"""

from array import array

from callclip.core.frame import HINDSIGHT_FRAMES, NEVER, NO_SIGNAL, fact

# What is new in a frame, as kernels/rules.py tells it; all but MAYBE_CALL wake rules.
AGENT_BEGAN = 1
CUSTOMER_BEGAN = 2
RING = 4
BUTTON = 8
BUSY = 16
BEEPS = 1 << 5
LINE_CHANGED = 1 << 6
CUSTOMER_HEARD = 1 << 7
MAYBE_CALL = 1 << 8
STATE_CHANGED = 1 << 9  # of the call, or of a sequence that another rule looks at

# In noise hearing loses the soft ends of a word: of 300 ms said, 180 ms are heard at the least. Of
# a word that stands 20 dB out of the noise all is heard, and mostly 80 ms more.
HEARD_TENTHS = 6
# Hindsight keeps more of a soft word, and doubt is enough where the question is to hang up: of
# 300 ms said, what 120 ms of a sure voice add, or more of what is rather none, or 300 ms of a sound
# that stands out of the line's noise and that is not plainly none (kernels/rules.py).
MAYBE_Q8 = 1120
MAYBE_MS = 300
# A line is silent between words once hearing finds no noise behind his voice: in so many frames
# more than it finds some.
SILENT_FRAMES = 100
_N_FACTS = 28
VOICE_SHIFT = 9  # 512ths
_NO_VOICE_512TH = -12000 << VOICE_SHIFT


class Talk:
    """Facts about the talk in one call; `begin` forgets the call before."""

    start = fact(0)
    agent_last = fact(1)  # last frame with the agent's speech, hangover not counted
    customer_last = fact(2)  # last frame with speech on the line outside a hold
    is_customer_heard = fact(3)  # 1 once he has spoken for min_customer_speech_ms at a stretch
    resumed = fact(4)  # silence counts from here: the last hold's end, or a gap's
    is_line_seen = fact(5)  # 1 once the line has carried anything but tones in this call
    drop = fact(6)  # frame in which the line, seen before, lost its signal
    up_since = fact(7)  # frame since which the line is up without a break
    line_state = fact(8)
    is_agent_talking = fact(9)
    is_customer_talking = fact(10)
    min_speech_ms = fact(11)  # as heard
    rings_before = fact(12)  # n_rings of the frame before
    beeps_before = fact(13)  # hold_beep_since of it
    voice_512th = fact(14)  # how loud the customer gets in this call, 1/512 centi-dB
    voiced_spurt = fact(15)  # start of the last spurt that came near to that
    maybe = fact(16)  # what hindsight's logits about a word of his add up to; stays at least_maybe
    least_maybe = fact(17)  # so much may have been one
    n_over_nothing = fact(18)  # frames of his voice without noise behind it, less those with
    no_signal_cdb = fact(19)  # noise below this is none
    risen_bits = fact(20)  # bit k: k frames ago something stood out of the line's noise
    sound_start = fact(21)  # what stands out and may be a voice to hindsight: since, last frame
    sound_last = fact(22)
    out_bits = fact(23)  # as risen_bits, for what hindsight may take for a voice
    n_out = fact(24)  # frames of this spurt that stand out of the line's noise, until he is heard
    n_clear = fact(25)  # and that stand 20 dB out of it
    clear_speech_ms = fact(26)  # as min_speech_ms, of a spurt with such frames
    n_near = fact(27)  # frames of it that stand less far out

    def __init__(self, config):
        self.facts = array("i", bytes(4 * _N_FACTS))
        self.min_speech_ms = config.min_customer_speech_ms * HEARD_TENTHS // 10
        self.clear_speech_ms = config.min_customer_speech_ms
        self.least_maybe = config.min_customer_speech_ms * MAYBE_Q8 // MAYBE_MS
        self.beeps_before = NEVER
        self.no_signal_cdb = config.no_signal_cdb
        self.begin(0)

    def begin(self, start):
        """A call starts; `start` is the first frame of the speech that started it."""
        self.start = start
        self.agent_last = NEVER
        self.customer_last = NEVER
        self.is_customer_heard = 0
        self.resumed = NEVER
        self.is_line_seen = 0
        self.drop = NEVER
        self.up_since = NEVER
        self.line_state = NO_SIGNAL
        self.is_agent_talking = 0
        self.is_customer_talking = 0
        self.voice_512th = _NO_VOICE_512TH
        self.voiced_spurt = NEVER
        self.maybe = 0
        self.n_over_nothing = 0
        self.risen_bits = 0
        self.out_bits = 0
        self._forget_spurt()
        self.sound_last = start - HINDSIGHT_FRAMES

    def _forget_spurt(self):
        self.n_out = 0
        self.n_clear = 0
        self.n_near = 0

    def unheard(self, index):
        """So much was lost before frame `index` that somebody may have spoken: what waits for
        silence, or for a line to stay as it is, waits anew."""
        self.resumed = index
        self._forget_spurt()
        if self.drop != NEVER:
            self.drop = index
        if self.up_since != NEVER:
            self.up_since = index

    def is_line_silent_between_words(self):
        """Whether this line carries no comfort noise: each of its pauses looks like a drop."""
        return self.n_over_nothing >= SILENT_FRAMES

    def voice_cdb(self):
        """How loud the customer gets in this call, or got in the last; nothing until he speaks."""
        return self.voice_512th >> VOICE_SHIFT

    def is_customer_maybe(self):
        """Whether hindsight found what may have been a word of his, outside a hold."""
        return self.maybe >= self.least_maybe

    def last_speech(self):
        """Last frame in which anybody spoke in this call, or the last end of a hold; or NEVER."""
        last = self.agent_last
        if self.customer_last > last:
            last = self.customer_last
        if self.resumed > last:
            last = self.resumed
        return last

    def forget_drop(self):
        """The agent has said by the button that a dropped line is no hold: do not ask again."""
        self.drop = NEVER
