"""NOISY_LINE 1, 2: the line is noisy for `noisy_line_ms`, and still so that long afterwards.

Serves "noisy line". Noisy is a noise above `noisy_line_cdb`, or the customer's speech less than
`noisy_line_snr_cdb` above it; the latter only once he has spoken for a second since he was heard
(talk.py). Until then the event's snr_cdb tells how a speaker of nominal level would fare.
Two hints tell of noise, and a witness. The floor knows within three seconds, but a long sentence
raises it and a hole in the noise makes it fall for seconds; the net's noise level
(Channel.noise_cdb) does neither, but comes late. Time runs while either says noisy; a stage takes
both, the net when it is due, and then at most half a dB below the limit: a long sentence is often
followed by a noise heard 1 dB too loud. Where the floor says noisy no more, be it for a hole, the
net must say 1 dB above the limit. The witness is what the line carries while nobody speaks, or
between the sounds of a word where that is softer than the limit, up to six seconds ago: where not
even a quarter of such frames is within a dB of the limit, there is no stage. Half a second without
a word whose level stays above the limit and within 1.5 dB is noise, whatever floor and net say, for
as long as nothing that is heard later contradicts it. A floor above `noisy_line_cdb` has been there
for seven windows already, and counts from there, but from no earlier than the line is up and the
stage before was said.
It is clean again only 2 dB below the limit; clean for CALM_MS the time starts anew, for RESET_MS
the stages do; after a hold the time does. Levels centi-dB re full scale, times frame indices.
"""

from callclip.core import events
from callclip.core.frame import NEVER, fact
from callclip.core.kernels import linenoise
from callclip.core.rules.rule import HEAD_WORDS, Rule
from callclip.core.signals import LINE_IS_CLEAN
from callclip.core.transitions import IN_CALL
from callclip.core.units import frames_from_ms

CALM_MS = 1000
RESET_MS = 10000
MIN_SPEECH_MS = 1000
NOMINAL_SPEECH_CDB = -2600
UNHEARD = -1


class NoisyLine(Rule):
    STATES = IN_CALL
    since = fact(HEAD_WORDS)  # the line is noisy, or was said to be, since this frame
    clean_since = fact(HEAD_WORDS + 1)  # it has been clean since, without a break
    stage = fact(HEAD_WORDS + 2)  # not 0: a sequence runs
    n_speech = fact(HEAD_WORDS + 3)  # his frames since he is heard, up to MIN_SPEECH_MS; or UNHEARD
    speech_256th = fact(HEAD_WORDS + 10)  # his level over some 5 s of speech, 1/256 centi-dB
    is_floor_noisy = fact(HEAD_WORDS + 11)  # the floor has said so, too, since `since`
    earliest = fact(HEAD_WORDS + 12)  # what is heard counts since this frame
    n_quiet = fact(HEAD_WORDS + 13)  # frames of late in which nobody speaks
    n_noisy = fact(HEAD_WORDS + 14)
    n_steady = fact(HEAD_WORDS + 17)  # frames in a row in which the line has been steady
    last_steady = fact(HEAD_WORDS + 18)  # frame in which a steady noise was heard; 0: none of late

    def __init__(self, call, config):
        self._min_speech = frames_from_ms(MIN_SPEECH_MS)
        times = (
            self._min_speech,
            frames_from_ms(config.noisy_line_ms),
            frames_from_ms(CALM_MS),
            frames_from_ms(RESET_MS),
        )
        limits = (config.noisy_line_cdb, config.noisy_line_snr_cdb)
        super().__init__(call, (NEVER, NEVER, 0, UNHEARD) + times + limits + 11 * (0,))

    def meter(self):
        return linenoise.follow

    def begin(self, frame):
        self.since = NEVER
        self.clean_since = NEVER
        self.stage = 0
        self.n_speech = UNHEARD
        self.n_quiet = 0
        self.n_noisy = 0
        self.n_steady = 0
        self.last_steady = 0
        self.earliest = frame.index

    def judge(self, frame):
        if self.clean_since != NEVER:
            self._call.prompts.over(LINE_IS_CLEAN)
            return
        line = frame.line
        self.stage += 1
        self.since = frame.index + 1
        self.earliest = frame.index + 1
        self.is_floor_noisy = 0
        self._call.emit(events.NOISY_LINE, self.stage, line.noise_cdb, self._snr_cdb(line))
        self._call.wake()

    def _snr_cdb(self, line):
        if self.n_speech == self._min_speech:
            return (self.speech_256th >> 8) - line.noise_cdb
        return NOMINAL_SPEECH_CDB - line.noise_cdb
