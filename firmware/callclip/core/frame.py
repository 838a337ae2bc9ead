"""What one 20 ms frame sounded like: the only thing call and rules know about sound.

Filled in place by hearing.py (or by a test), read by call.py and the rules. Times are frame
indices since the unit began to listen: 20 ms each, so a small int lasts for 248 days.
Levels are centi-dB re full scale.
The facts stand in one array of words, so that kernels read and write them: a row for the agent, one
for the line, one for both. Attributes are a view of it, for whoever looks seldom. Kernels say
`_FACT_<NAME> = const(n)` for the ones they need, and a test holds that n is the word here.
"""

from array import array

NEVER = -1

NO_VOICE_Q8 = -4096  # a logit of a sound that is another than speech

SHOWN_FRAMES = 3  # the frame that is shown lies so far behind the microphone
LATE_FRAMES = 12  # and the one that the net judges with hindsight
SPURT_GAP_FRAMES = 10  # 200 ms: a shorter pause belongs to the talk spurt
HINDSIGHT_FRAMES = LATE_FRAMES - SHOWN_FRAMES  # so far behind the shown frame lies that one
SETTLED_FRAMES = LATE_FRAMES + SPURT_GAP_FRAMES + 2  # until is_settled_speech is known

NO_SIGNAL, COMFORT_NOISE, NOISE, SPEECH, TONE, MUSIC = range(6)
STATE_NAMES = ("NO_SIGNAL", "COMFORT_NOISE", "NOISE", "SPEECH", "TONE", "MUSIC")

TONE_NONE, TONE_RING, TONE_BUSY, TONE_BEEP = range(4)


CHANNEL_WORDS = 32  # of a row
AGENT_FACTS = 0  # where a row begins
LINE_FACTS = CHANNEL_WORDS


_FACTS = {}  # by word: what reads and writes it takes 96 bytes, and serves all classes


def fact(word):
    """A fact that stands in this word of its row."""
    if word not in _FACTS:
        _FACTS[word] = _fact(word)
    return _FACTS[word]


def _fact(word):
    def read(self):
        return self.facts[word]

    def write(self, value):
        self.facts[word] = value

    return property(read, write)


class Channel:
    """One microphone's frame. All integers; see the comments for units."""

    level_cdb = fact(0)  # this frame, full band after the DC block
    floor_cdb = fact(1)  # noise floor, full band
    is_speech = fact(2)  # with hangover
    is_settled_speech = fact(3)  # with hindsight, about an earlier frame: what --frames shows
    is_active = fact(4)  # speech in this very frame, no hangover
    state = fact(5)
    is_maybe_music = fact(6)  # some frames of what may be music, not enough for the state yet
    state_since = fact(7)  # frame in which the present state truly began (back-dated)
    is_in_spurt = fact(8)  # speech, or a pause of less than 200 ms after it
    spurt_start = fact(9)  # first frame of the present or last talk spurt (back-dated)
    spurt_ms = fact(10)  # active speech in the present or last talk spurt, ms
    last_active = fact(11)  # last frame with speech in it, hangover not counted
    speech_cdb = fact(12)  # running active speech level over the last ~3 s of own speech
    own_cdb = fact(13)  # own speech in this very frame, without noise; -12000: none
    threshold = fact(14)  # of P.56's envelope, reached in the last 200 ms (kernels/activity.py)
    n_syllables = fact(15)  # counted since start, wraps never (30 bits)
    peak_cdb = fact(16)  # largest |sample| of this frame, after the DC block
    n_clipped = fact(17)  # samples of this frame at full scale, of 320
    is_still = fact(18)  # not one sample of this frame differs from the others
    weighted_cdb = fact(19)  # A-weighted level of 94-4000 Hz
    band_cdb = fact(20)  # level of 31-4000 Hz without weights
    is_late_active = fact(21)  # as is_active, with hindsight, of the frame HINDSIGHT_FRAMES ago
    late_q8 = fact(24)  # the net's logit about that frame; NO_VOICE_Q8: another sound than a voice
    noise_cdb = fact(22)  # the floor, corrected where the net is sure that it is wrong
    rise_cdb = fact(25)  # of this frame's level over the floor, both in the telephone band
    leak_cdb = fact(23)  # how much louder the other channel is here than there, telephone band

    def __init__(self, facts=None):
        self.facts = facts or array("i", bytes(4 * CHANNEL_WORDS))
        self.level_cdb = -12000
        self.floor_cdb = -12000
        self.state = NO_SIGNAL
        self.spurt_start = NEVER
        self.last_active = NEVER
        self.speech_cdb = -12000
        self.own_cdb = -12000
        self.threshold = 30
        self.peak_cdb = -12000
        self.weighted_cdb = -12000
        self.band_cdb = -12000
        self.noise_cdb = -12000
        self.leak_cdb = -12000
        self.late_q8 = NO_VOICE_Q8


class Frame:
    """Both channels, what the line's tones mean, and the button."""

    index = fact(64)  # frames since the unit began to listen
    n_rings = fact(65)  # ring bursts heard since start; +1 at the start of each burst
    last_ring = fact(66)  # frame in which the last ring burst or answer beep was heard
    n_busy_cycles = fact(67)  # cycles of the present busy/congestion tone; 0 when it stops
    busy_since = fact(68)  # frame in which that tone began
    hold_beep_since = fact(69)  # frame in which regular hold beeps began, else NEVER
    button_short = fact(70)  # 1 in the frame in which a short press ended
    button_long = fact(71)  # 1 in the frame in which a long press was recognised
    call_state = fact(72)  # of the call before this frame is taken in; call.py writes these
    call_number = fact(73)
    wakes = fact(74)  # what is new in this frame, see talk.py
    heard = fact(75)  # frame at the microphones, which lies ahead of index

    def __init__(self):
        self.facts = array("i", bytes(4 * 3 * CHANNEL_WORDS))
        rows = memoryview(self.facts)
        self.agent = Channel(rows[:CHANNEL_WORDS])
        self.line = Channel(rows[CHANNEL_WORDS : 2 * CHANNEL_WORDS])
        self.last_ring = NEVER
        self.busy_since = NEVER
        self.hold_beep_since = NEVER
