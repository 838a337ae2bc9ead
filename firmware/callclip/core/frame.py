"""What one 20 ms frame sounded like: the only thing call and rules know about sound.

Filled in place by hearing.py (or by a test), read by call.py and the rules. Times are frame
indices since the unit began to listen: 20 ms each, so a small int lasts for 248 days.
Levels are centi-dB re full scale.
"""

NEVER = -1

SHOWN_FRAMES = 3  # the frame that is shown lies so far behind the microphone
LATE_FRAMES = 12  # and the one that the net judges with hindsight
SPURT_GAP_FRAMES = 10  # 200 ms: a shorter pause belongs to the talk spurt
SETTLED_FRAMES = LATE_FRAMES + SPURT_GAP_FRAMES + 1  # until is_settled_speech is known

NO_SIGNAL, COMFORT_NOISE, NOISE, SPEECH, TONE, MUSIC = range(6)
STATE_NAMES = ("NO_SIGNAL", "COMFORT_NOISE", "NOISE", "SPEECH", "TONE", "MUSIC")

TONE_NONE, TONE_RING, TONE_BUSY, TONE_BEEP = range(4)


class Channel:
    """One microphone's frame. All integers; see the comments for units."""

    def __init__(self):
        self.level_cdb = -12000  # this frame, full band after the DC block
        self.floor_cdb = -12000  # noise floor, full band
        self.is_speech = 0  # with hangover
        self.is_settled_speech = 0  # with hindsight, about an earlier frame: what --frames shows
        self.is_active = 0  # speech in this very frame, no hangover
        self.state = NO_SIGNAL
        self.is_maybe_music = 0  # some frames of what may be music, not enough for the state yet
        self.state_since = 0  # frame in which the present state truly began (back-dated)
        self.is_in_spurt = 0  # speech, or a pause of less than 200 ms after it
        self.spurt_start = NEVER  # first frame of the present or last talk spurt (back-dated)
        self.spurt_ms = 0  # active speech in the present or last talk spurt, ms
        self.last_active = NEVER  # last frame with speech in it, hangover not counted
        self.speech_cdb = -12000  # running active speech level over the last ~3 s of own speech
        self.own_cdb = -12000  # own speech in this very frame, without noise; -12000: none
        self.threshold = 30  # of P.56's envelope, reached in the last 200 ms (kernels/activity.py)
        self.n_syllables = 0  # counted since start, wraps never (30 bits)
        self.peak_cdb = -12000  # largest |sample| of this frame, after the DC block
        self.n_clipped = 0  # samples of this frame at full scale, of 320
        self.is_still = 0  # not one sample of this frame differs from the others
        self.weighted_cdb = -12000  # A-weighted level of 94-4000 Hz; of the line only
        self.band_cdb = -12000  # level of 31-4000 Hz without weights; of the line only


class Frame:
    """Both channels, what the line's tones mean, and the button."""

    def __init__(self):
        self.index = 0  # frames since the unit began to listen
        self.agent = Channel()
        self.line = Channel()
        self.n_rings = 0  # ring bursts heard since start; +1 at the start of each burst
        self.last_ring = NEVER  # frame in which the last ring burst or answer beep was heard
        self.n_busy_cycles = 0  # cycles of the present busy/congestion tone; 0 when it stops
        self.busy_since = NEVER  # frame in which that tone began
        self.hold_beep_since = NEVER  # frame in which regular hold beeps began, else NEVER
        self.button_short = 0  # 1 in the frame in which a short press ended
        self.button_long = 0  # 1 in the frame in which a long press was recognised
