"""Hold music on the line: the net's opinion of single frames, added up over seconds.

A cumulative sum of the net's music logit: music is heard once it has grown large enough, since the
frame in which it last left 0, and is over when it has fallen a little (tuning.py): half a second
without music is an end, which a pause of a tune may be, too; then it goes on where it was.
In: logit in Q8. Out: is_music, is_maybe, since, until (frames).
Called by: hearing.py, for the line.
Ref: E. S. Page, Continuous inspection schemes, Biometrika 41, 1954 (cumulative sum).
"""

from callclip.core.frame import NEVER


class MusicDetector:
    """The sum stays below 2^18."""

    def __init__(self, sums_q8):
        """sums_q8: tuning.MUSIC_Q8."""
        self.is_music = 0
        self.is_maybe = 0  # there is music in the sum, if not enough
        self.since = NEVER
        self.until = NEVER  # last frame that sounded like music
        self._step_q8, self._maybe_q8, self._on_q8, self._off_q8, self._full_q8 = sums_q8
        self._sum_q8 = 0
        self._began = NEVER

    def update(self, logit_q8, index):
        """logit_q8: the net's opinion of frame `index`."""
        step_q8 = self._step_q8
        if -step_q8 <= logit_q8 <= step_q8:
            step_q8 = logit_q8
        elif logit_q8 < 0:
            step_q8 = -step_q8
        if logit_q8 > 0:
            self.until = index
        if self._sum_q8 == 0:
            self._began = index
        sum_q8 = self._sum_q8 + step_q8
        if sum_q8 <= 0:
            self.reset()
            return
        self._sum_q8 = sum_q8 if sum_q8 < self._full_q8 else self._full_q8
        self.is_maybe = 1 if sum_q8 >= self._maybe_q8 else 0
        if self.is_music:
            if sum_q8 < self._off_q8:
                self.is_music = 0
        elif sum_q8 >= self._on_q8:
            self.is_music = 1
            self.since = self._began

    def reset(self):
        """The line gives busy tone, or the music is over."""
        self._sum_q8 = 0
        self.is_music = 0
        self.is_maybe = 0
