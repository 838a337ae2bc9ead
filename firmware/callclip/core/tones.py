"""Signalling tones on the line: ring, busy and congestion, hold beeps, told apart by cadence.

A frame is tonal when two narrow lines hold nearly all of its power and stand where they stood in
the frame before, at the same level. Bursts of such frames are measured: a long one (>= 800 ms) is a
ring; equal on and off times below 800 ms are busy or congestion cycles; short bursts with long
pauses between them are hold beeps.
Out: Frame.n_rings, last_ring, n_busy_cycles, busy_since, hold_beep_since. Called by: hearing.py.
Ref: ITU-T E.180 supplement 2 (cadences); ring 1.0/4.0 and 2.0/4.0 s, busy 0.35-0.5 s, congestion
0.24-0.7 s.
"""

from array import array

from callclip.core.frame import NEVER
from callclip.core.frontend import TELEPHONE
from callclip.core.kernels import spectra
from callclip.core.units import frames_from_ms

PURE_Q10 = 900  # share of the two lines in a tonal frame: 88 %, a tone 9 dB above noise
SECOND_Q10 = 100  # a second line counts from 10 %
PLACE_16TH = 2  # a tone stays within 4 Hz from frame to frame; a vowel glides
DRIFT_16TH = 4  # and within 8 Hz of where its burst began
STEADY_CDB = 350  # and within this from frame to frame (two close lines beat)
LEAST_CDB = -5500
RING_LOW_16TH = 190  # 370 Hz in 1/16 bins
RING_HIGH_16TH = 266  # 520 Hz
MIN_BURST_FRAMES = frames_from_ms(100)
RING_FRAMES = frames_from_ms(800)
BUSY_SHORTEST_FRAMES = frames_from_ms(180)
RATIO_FRAMES = frames_from_ms(100)  # on and off of a busy cycle differ by less than this
BEEP_SHORTEST_PAUSE_FRAMES = frames_from_ms(900)
BEEP_LONGEST_PAUSE_FRAMES = frames_from_ms(16000)
GAP_FRAMES = 4  # untonal frames inside a burst: two close lines beat, noise fills the dips


class ToneDetector:
    """Follows the bursts of one channel; times are frame indices."""

    def __init__(self):
        self.is_tonal = 0  # this frame belongs to a burst that is long enough to be a tone
        self.is_narrow = 0  # this frame is one or two lines that stand still
        self.run = 0  # tonal frames in a row, with gaps of GAP_FRAMES allowed
        self._peaks = array("i", [0, 0, 0, 0])
        self._place = 0
        self._level_cdb = 0
        self._last = NEVER  # last tonal frame
        self.start = NEVER  # of the present or last burst
        self._is_ring = False
        self._is_vowel = False  # the burst began inside speech
        self._burst_place = 0
        self._end = NEVER  # end of the last finished burst, exclusive
        self._on_frames = 0  # its length
        self._end_place = 0  # and where it stood

    def update(self, frame, spectrum, is_leak, is_in_speech, index):
        """Look at frame `index` of the line; writes what it means into `frame`.

        is_leak: nothing here but what the agent says, or music. is_in_speech: somebody was speaking
        up to the frame before. A vowel may hold still for a moment: only a burst of ring length
        counts there.
        """
        is_pure = self._is_pure(spectrum)
        if is_pure and not is_leak:
            if self.run == 0:
                self._begin(index, is_in_speech)
            self.run = index - self.start + 1
            self._last = index
            if self._is_ring:
                frame.last_ring = index
            elif self.run >= RING_FRAMES and RING_LOW_16TH <= self._place <= RING_HIGH_16TH:
                self._ring(frame, index)
        elif self.run and index - self._last > GAP_FRAMES:
            self._finish(frame)
        least_frames = RING_FRAMES if self._is_vowel else MIN_BURST_FRAMES
        self.is_tonal = 1 if self.run >= least_frames else 0
        if frame.n_busy_cycles and index - self._end > RING_FRAMES and not self.is_tonal:
            frame.n_busy_cycles = 0
            frame.busy_since = NEVER
        if frame.hold_beep_since != NEVER and index - self._end > BEEP_LONGEST_PAUSE_FRAMES:
            frame.hold_beep_since = NEVER

    def speech_heard(self, frame):
        """Somebody spoke on the line since the last beep: those beeps were no hold."""
        if self._end <= frame.line.spurt_start:
            frame.hold_beep_since = NEVER
            self._end = NEVER

    def _is_pure(self, spectrum):
        level_cdb = spectrum.levels_cdb[TELEPHONE]
        self.is_narrow = 0
        if level_cdb < LEAST_CDB:
            return False
        peaks = self._peaks
        spectra.two_peaks(spectrum.power, 6, 126, peaks)
        place = peaks[1]
        share = peaks[0]
        if peaks[2] >= SECOND_Q10:
            share += peaks[2]
            if peaks[3] < place:
                place = peaks[3]  # the lower line, so that beating lines do not swap
        was_place = self._place
        was_cdb = self._level_cdb
        self._place = place
        self._level_cdb = level_cdb
        if share < PURE_Q10 or not -PLACE_16TH <= place - was_place <= PLACE_16TH:
            return False
        if self.run and not -DRIFT_16TH <= place - self._burst_place <= DRIFT_16TH:
            return False
        self.is_narrow = 1
        return -STEADY_CDB <= level_cdb - was_cdb <= STEADY_CDB

    def _begin(self, index, is_in_speech):
        self.start = index - 1  # the frame before was the first pure one
        self._is_ring = False
        self._is_vowel = is_in_speech
        self._burst_place = self._place

    def _ring(self, frame, index):
        self._is_ring = True
        frame.n_rings += 1
        frame.last_ring = index
        frame.n_busy_cycles = 0
        frame.busy_since = NEVER
        frame.hold_beep_since = NEVER

    def _finish(self, frame):
        """A burst is over: does it make a busy cycle or a hold beep with the one before?"""
        on_frames = self._last - self.start + 1
        off_frames = self.start - self._end
        self.run = 0
        if on_frames < (RING_FRAMES if self._is_vowel else MIN_BURST_FRAMES):
            return
        if not self._is_ring:
            frame.last_ring = self._last  # an answer beep is a sign of life, too
            if self._end != NEVER:
                self._pair(frame, on_frames, off_frames)
        self._on_frames = on_frames
        self._end = self._last + 1
        self._end_place = self._burst_place

    def _pair(self, frame, on_frames, off_frames):
        if not -DRIFT_16TH <= self._burst_place - self._end_place <= DRIFT_16TH:
            return
        before_frames = self._on_frames
        is_alike = -RATIO_FRAMES <= on_frames - before_frames <= RATIO_FRAMES
        is_even = -RATIO_FRAMES <= on_frames - off_frames <= RATIO_FRAMES
        if is_alike and is_even and on_frames >= BUSY_SHORTEST_FRAMES:
            if frame.n_busy_cycles == 0:
                frame.busy_since = self._end - before_frames
            frame.n_busy_cycles += 1
        elif BEEP_SHORTEST_PAUSE_FRAMES <= off_frames <= BEEP_LONGEST_PAUSE_FRAMES and is_alike:
            if frame.hold_beep_since == NEVER:
                frame.hold_beep_since = self._end - before_frames
