"""Signalling tones on the line: ring, busy and congestion, hold beeps, told apart by cadence.

Frames whose sound is one or two narrow lines that stand still in place and level make bursts. What
the agent says meanwhile leaks into the line: frames in which it hides the line end no burst. Bursts
and the pauses between them are looked up in tonetable.py.
A ring counts once it has sounded for 0.8 s, the United Kingdom's with its second burst; after one
ring, at the same place and after a ring's pause, from 0.2 s on: it may be cut off by the answer.
Out: Frame.n_rings, last_ring, n_busy_cycles, busy_since, hold_beep_since. Called by: hearing.py.
"""

from callclip.core import tonetable
from callclip.core.frame import NEVER, fact
from callclip.core.tonelines import (
    END,
    END_CDB,
    IS_MASKED,
    IS_NARROW,
    IS_PURE,
    IS_SIGNALLED,
    IS_STEADY,
    IS_TONAL,
    KIND,
    LINE_CDB,
    N_OTHER,
    NEAR_CDB,
    PLACE,
    PLACE_128TH,
    RISE_CDB,
    RUN,
    SHARE_Q10,
    START,
    ToneLines,
)
from callclip.core.units import frames_from_ms


def _place(hz):
    return hz * 16 * 32 // 1000


DRIFT_16TH = 5  # a tone stays within 10 Hz of where its burst stands
# Of two lines 50 Hz apart GSM makes now the one and now the other stronger: what is so pure and so
# far above the floor that it can be neither vowel nor noise may lie within 25 Hz.
PURER_Q10 = 1000
CLEAR_CDB = 1500
WIDE_DRIFT_16TH = 13
LATE_BEGIN_FRAMES = 8  # so long such a tone may take to stand still
LOST_FRAMES = 7  # and so many of its frames may be lost packets
STEADY_CDB = 350  # and rises by no more than this (two close lines beat)
SURE_Q10 = 900  # mean share of the lines in a burst that is a tone: 88 %
DIP_CDB = 600  # a dip of the beat
GAP_FRAMES = 4  # frames without a tone inside a burst: noise fills the dips of a beat
HIDDEN_FRAMES = 20  # the agent's leak may hide a tone for so long
MIN_BURST_FRAMES = frames_from_ms(100)
SHOWN_BURST_FRAMES = frames_from_ms(200)  # some voices begin with 160 ms of a hummed vowel
DOUBTED_BURST_FRAMES = frames_from_ms(400)  # while a voice is heard in it, unlike the last tone
VOWEL_FRAMES = frames_from_ms(800)
CUT_RING_FRAMES = frames_from_ms(160)
RING_PAUSE_FRAMES = frames_from_ms(1500)
LONGEST_RING_PAUSE_FRAMES = frames_from_ms(4600)
SAME_RING_FRAMES = frames_from_ms(600)  # a shorter pause is a hole in one ring
RING_FRAMES = frames_from_ms(tonetable.RING_MS)
RING_LOW_16TH = _place(tonetable.RING_LOW_HZ)
RING_HIGH_16TH = _place(tonetable.RING_HIGH_HZ)
BUSY_LOW_16TH = _place(tonetable.BUSY_LOW_HZ)
BUSY_HIGH_16TH = _place(tonetable.BUSY_HIGH_HZ)
TOLERANCE_FRAMES = tonetable.TOLERANCE_MS // 20
DOUBLE_ON_FRAMES = frames_from_ms(tonetable.DOUBLE_RING_MS[0])
DOUBLE_HIGH_16TH = _place(tonetable.DOUBLE_RING_HIGH_HZ)
DOUBLE_OFF_FRAMES = frames_from_ms(tonetable.DOUBLE_RING_MS[1])
CYCLES_FRAMES = tuple([frames_from_ms(ms) for ms in row] for row in tonetable.CYCLES_MS)
BEEP_SHORTEST_FRAMES = frames_from_ms(tonetable.BEEP_MS[0])
BEEP_LONGEST_FRAMES = frames_from_ms(tonetable.BEEP_MS[1])
BEEP_SHORTEST_PAUSE_FRAMES = frames_from_ms(tonetable.BEEP_PAUSE_MS[0])
BEEP_LONGEST_PAUSE_FRAMES = frames_from_ms(tonetable.BEEP_PAUSE_MS[1])
OVERDUE_FRAMES = frames_from_ms(300)
OTHER_CDB = 1000  # sound this little below a beep, for OTHER_FRAMES, means: no hold
OTHER_FRAMES = frames_from_ms(300)
STEP_SHIFT = 3  # the burst's place and level follow the frames by an eighth


class ToneDetector:
    """Follows the bursts of one channel; times are frame indices.

    spectrum: of the line; facts: of the frame; agent, floor: the other channel's Spectrum and this
    channel's NoiseFloor, for a line that the agent's voice leaks into.
    """

    is_tonal = fact(IS_TONAL)  # 1: this frame belongs to a burst that is long enough to be a tone
    is_narrow = fact(IS_NARROW)  # 1: this frame is one or two lines that stand still
    run = fact(RUN)  # frames of the present burst
    start = fact(START)  # of the present or last burst
    _place_128th = fact(PLACE_128TH)  # of the burst, in 1/128 bins
    _end = fact(END)  # end of the last finished burst, exclusive

    def __init__(self, spectrum, facts, agent=None, floor=None):
        self.lines = ToneLines(spectrum, facts, agent, floor)
        self.facts = self.lines.found
        self.start = NEVER
        self._level_8ths = 0
        self._share_8ths = 0
        self._last = NEVER  # last frame with the tone in it
        self._pure_since = NEVER  # outside a burst: the first of the last pure frames in a row
        self._last_pure = NEVER
        self._pure_place = 0  # of the first of them
        self._is_ring = False
        self._is_vowel = False  # the burst began inside speech
        self._n_hidden = 0  # frames in a row that the agent hides
        self._end = NEVER
        self._on_frames = 0  # its length
        self._off_frames = 0  # the pause before it
        self._end_place = 0  # where it stood
        self._is_end_ring = False
        self._overdue_frames = 0  # so long after a hold beep's end another one must have come
        self._ring_end = NEVER

    def judge(self, frame, is_music, is_in_speech, index):
        """What frame `index`, which lines.look found worth it, means is written into `frame`.

        is_in_speech: somebody was speaking up to the frame before. A vowel may hold still for a
        moment: only a burst of ring length counts there; one that turns out to be like speech is
        shown later.
        """
        kind = self.facts[KIND]
        if self.run or kind & IS_PURE:
            self._follow(frame, kind, is_music, is_in_speech, index)
        if kind & IS_SIGNALLED:
            self._end_signals(frame, index)

    def _follow(self, frame, kind, is_music, is_in_speech, index):
        """Inside a burst, or where one may begin."""
        if self.run == 0:
            self._follow_pure(index)
        is_good = self._is_good(frame, kind) and not is_music
        if is_good and self.run == 0:
            is_good = self.lines.is_new()
            if is_good:
                self._begin(index, is_in_speech)
        if is_good:
            self._go_on(frame, kind, index)
        elif self.run:
            self._miss(frame, kind, index)
        elif (
            not kind & IS_MASKED
            and self.lines.found[LINE_CDB] > self.lines.found[END_CDB] - OTHER_CDB
        ):
            self.lines.found[N_OTHER] += 1
        is_doubted = is_in_speech and not self.is_tonal and not self._is_same_place()
        least_frames = DOUBTED_BURST_FRAMES if is_doubted else SHOWN_BURST_FRAMES
        self.is_tonal = 1 if self._is_tone(self.run, least_frames) else 0

    def _follow_pure(self, index):
        if self._last_pure != index - 1:
            self._pure_since = index
            self._pure_place = self.lines.found[PLACE]
        self._last_pure = index

    def _end_signals(self, frame, index):
        """Busy tone and hold beeps are over when they have not come again in time."""
        is_over = frame.n_busy_cycles and index - self._end > RING_FRAMES
        if is_over and not self._is_tone(self.run):
            frame.n_busy_cycles = 0
            frame.busy_since = NEVER
        if frame.hold_beep_since != NEVER and index - self._end > self._overdue_frames:
            frame.hold_beep_since = NEVER

    def lose(self, n_frames):
        """n_frames were lost: a tone that goes on behind them is still the same."""
        if self.run:
            self._n_hidden += n_frames

    def speech_heard(self, frame):
        """Somebody spoke on the line since the last beep: those beeps were no hold."""
        if self._end <= frame.line.spurt_start:
            frame.hold_beep_since = NEVER
            self._end = NEVER

    def _is_good(self, frame, kind):
        self.is_narrow = 0
        if not kind & IS_PURE:
            return False
        is_steady = kind & IS_STEADY
        if self.run:
            found = self.lines.found
            far = found[PLACE] - (self._place_128th >> STEP_SHIFT)
            rise_cdb = found[LINE_CDB] - (self._level_8ths >> STEP_SHIFT)
            is_clear = self._is_clear(found[PLACE], found[LINE_CDB], found[SHARE_Q10])
            drift = WIDE_DRIFT_16TH if is_clear else DRIFT_16TH
            is_same = -drift <= far <= drift and -DIP_CDB <= rise_cdb <= STEADY_CDB
            if is_steady and not is_same and not kind & IS_MASKED:
                self._finish(frame)  # another tone begins where this one ends
            is_steady = is_same or (is_steady and self.run == 0)
        self.is_narrow = 1 if is_steady else 0
        return is_steady

    def _is_clear(self, place_16th, level_cdb, share_q10):
        """Of a frame's line, or of a burst's."""
        return share_q10 >= PURER_Q10 and self.lines.rise_cdb(place_16th, level_cdb) >= CLEAR_CDB

    def _is_burst_clear(self):
        place_16th, share_q10 = self._place_128th >> STEP_SHIFT, self._share_8ths >> STEP_SHIFT
        return self._is_clear(place_16th, self._level_8ths >> STEP_SHIFT, share_q10)

    def _is_tone(self, n_frames, least_frames=MIN_BURST_FRAMES):
        if self._is_vowel:
            least_frames = VOWEL_FRAMES
        return n_frames >= least_frames and self._share_8ths >= SURE_Q10 << STEP_SHIFT

    def _begin(self, index, is_in_speech):
        found = self.lines.found
        self.start = index - 1  # the frame before was pure, too
        if self._pure_since < index - 1 and index - self._pure_since <= LATE_BEGIN_FRAMES:
            far = found[PLACE] - self._pure_place
            is_clear = self._is_clear(found[PLACE], found[LINE_CDB], found[SHARE_Q10])
            if is_clear and -WIDE_DRIFT_16TH <= far <= WIDE_DRIFT_16TH:
                self.start = self._pure_since
        self._last_pure = NEVER
        self._is_ring = False
        self._is_vowel = is_in_speech
        self._place_128th = found[PLACE] << STEP_SHIFT
        self._level_8ths = found[LINE_CDB] << STEP_SHIFT
        self._share_8ths = found[SHARE_Q10] << STEP_SHIFT

    def _go_on(self, frame, kind, index):
        found = self.lines.found
        if not kind & IS_MASKED:
            self._place_128th += found[PLACE] - (self._place_128th >> STEP_SHIFT)
            self._level_8ths += found[LINE_CDB] - (self._level_8ths >> STEP_SHIFT)
            self._share_8ths += found[SHARE_Q10] - (self._share_8ths >> STEP_SHIFT)
        self.run = index - self.start + 1
        self._last = index
        self._n_hidden = 0
        if self._is_ring:
            frame.last_ring = index
            self._ring_end = index + 1
        elif self._rings():
            self._ring(frame, index)

    def _miss(self, frame, kind, index):
        rise_cdb = self.lines.found[NEAR_CDB] - (self._level_8ths >> STEP_SHIFT)
        if kind & IS_MASKED and rise_cdb >= -DIP_CDB and self._n_hidden < HIDDEN_FRAMES:
            self._n_hidden += 1
        else:
            gap = LOST_FRAMES if self._is_burst_clear() else GAP_FRAMES
            if index - self._last - self._n_hidden > gap:
                self._finish(frame)

    def _rings(self):
        place = self._place_128th >> STEP_SHIFT
        is_sure = self._share_8ths >= SURE_Q10 << STEP_SHIFT
        if not (is_sure and RING_LOW_16TH <= place <= RING_HIGH_16TH):
            return False
        if self.lines.rise_cdb(place, self._level_8ths >> STEP_SHIFT) < RISE_CDB:
            return False  # a hum that came up, as the floor tells by now
        if self._is_vowel and not self._is_burst_clear():
            return False
        if self.run >= RING_FRAMES:
            return True
        if self.run < CUT_RING_FRAMES or self._is_vowel or not self._is_same_place():
            return False
        off_frames = self.start - self._end
        if self._is_end_ring:
            is_pause = RING_PAUSE_FRAMES <= off_frames <= LONGEST_RING_PAUSE_FRAMES
            return is_pause and self.lines.found[N_OTHER] < OTHER_FRAMES
        return (
            place <= DOUBLE_HIGH_16TH
            and _is_near(self._on_frames, DOUBLE_ON_FRAMES)
            and _is_near(off_frames, DOUBLE_OFF_FRAMES)
        )

    def _is_same_place(self):
        if self._end == NEVER:
            return False
        far = (self._place_128th >> STEP_SHIFT) - self._end_place
        drift = WIDE_DRIFT_16TH if self._is_burst_clear() else DRIFT_16TH
        return -drift <= far <= drift

    def _ring(self, frame, index):
        is_new = self._ring_end == NEVER or self.start - self._ring_end > SAME_RING_FRAMES
        self._is_ring = True
        self._ring_end = index + 1
        if is_new:
            frame.n_rings += 1
        frame.last_ring = index
        frame.n_busy_cycles = 0
        frame.busy_since = NEVER
        frame.hold_beep_since = NEVER

    def _finish(self, frame):
        """A burst is over: does it make a busy cycle or a hold beep with the one before?"""
        on_frames = self._last - self.start + 1
        self.run = 0
        self._n_hidden = 0
        if not self._is_tone(on_frames):
            return
        if not self._is_ring:
            frame.last_ring = self._last  # an answer beep is a sign of life, too
            if self._is_same_place():
                self._pair(frame, on_frames, self.start - self._end)
        self._on_frames = on_frames
        self._end = self._last + 1
        self._end_place = self._place_128th >> STEP_SHIFT
        self.lines.found[END_CDB] = self._level_8ths >> STEP_SHIFT
        self._is_end_ring = self._is_ring or (
            self._is_end_ring and self.start - self._ring_end < SAME_RING_FRAMES
        )
        self.lines.found[N_OTHER] = 0

    def _pair(self, frame, on_frames, off_frames):
        before_frames = self._on_frames
        if self._is_cycle(before_frames, off_frames, on_frames):
            if frame.n_busy_cycles == 0:
                frame.busy_since = self._end - before_frames
            frame.n_busy_cycles += 1
        elif (
            BEEP_SHORTEST_PAUSE_FRAMES <= off_frames <= BEEP_LONGEST_PAUSE_FRAMES
            and BEEP_SHORTEST_FRAMES <= on_frames <= BEEP_LONGEST_FRAMES
            and _is_near(on_frames, before_frames)
            and self.lines.found[N_OTHER] < OTHER_FRAMES
            and not self._is_end_ring
            and -STEADY_CDB
            <= (self._level_8ths >> STEP_SHIFT) - self.lines.found[END_CDB]
            <= STEADY_CDB
            and frame.hold_beep_since == NEVER
        ):
            frame.hold_beep_since = self._end - before_frames
            self._overdue_frames = off_frames + off_frames // 4 + on_frames + OVERDUE_FRAMES

    def _is_cycle(self, before_frames, off_frames, on_frames):
        if not BUSY_LOW_16TH <= self._end_place <= BUSY_HIGH_16TH:
            return False
        for row in CYCLES_FRAMES:
            if (
                _is_near(before_frames, row[0])
                and _is_near(off_frames, row[1])
                and _is_near(on_frames, row[2])
            ):
                return True
        return False


def _is_near(n_frames, other_frames):
    return -TOLERANCE_FRAMES <= n_frames - other_frames <= TOLERANCE_FRAMES
