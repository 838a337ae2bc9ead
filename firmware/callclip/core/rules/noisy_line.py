"""NOISY_LINE 1, 2: the line is noisy for `noisy_line_ms`, and still so that long afterwards.

Noisy is a floor above `noisy_line_cdb`, or the customer's speech less than `noisy_line_snr_cdb`
above it; the latter only once he has spoken for a second in this call. Until then the event's
snr_cdb tells how a speaker of nominal level would fare. It is clean again only HYSTERESIS_CDB away
from the limit; clean for CALM_MS the time starts anew, for RESET_MS the stages do; after a hold the
time does. Levels centi-dB re full scale, times frame indices.
"""

from callclip.core import events
from callclip.core.frame import COMFORT_NOISE, NEVER, NOISE, SPEECH
from callclip.core.signals import LINE_IS_CLEAN
from callclip.core.transitions import HOLD, IN_CALL
from callclip.core.units import frames_from_ms

HYSTERESIS_CDB = 400  # a floor under babble wobbles by 3 dB
CALM_MS = 1000
RESET_MS = 10000
MIN_SPEECH_MS = 1000
NOMINAL_SPEECH_CDB = -2600
LAST_STAGE = 2


class NoisyLine:
    STATES = IN_CALL

    def __init__(self, call, config):
        self._call = call
        self._floor_limit_cdb = config.noisy_line_cdb
        self._snr_limit_cdb = config.noisy_line_snr_cdb
        self._wait = frames_from_ms(config.noisy_line_ms)
        self._calm = frames_from_ms(CALM_MS)
        self._reset = frames_from_ms(RESET_MS)
        self._min_speech = frames_from_ms(MIN_SPEECH_MS)
        self.stage = 0  # not 0: a sequence runs
        self._since = NEVER  # the line is noisy, or was said to be, since this frame
        self._clean_since = NEVER  # it has been clean since, without a break
        self._n_speech = 0  # customer's frames of speech. Bound: stops at MIN_SPEECH_MS

    def begin(self, frame):
        self.stage = 0
        self._since = NEVER
        self._clean_since = NEVER
        self._n_speech = 0

    def step(self, frame):
        if self._call.state == HOLD:
            self._since = NEVER
            return
        line = frame.line
        if line.is_active and line.spurt_ms and self._n_speech < self._min_speech:
            self._n_speech += 1
        index = frame.index
        if not self._is_noisy(line):
            if self._since != NEVER or self.stage:
                self._clean(index)
            return
        self._clean_since = NEVER
        if self._since == NEVER:
            self._since = index
        if self.stage < LAST_STAGE and index + 1 - self._since >= self._wait:
            self.stage += 1
            self._since = index + 1
            self._call.emit(events.NOISY_LINE, self.stage, line.floor_cdb, self._snr_cdb(line))

    def _is_noisy(self, line):
        state = line.state
        if state != NOISE and state != COMFORT_NOISE and state != SPEECH:
            return False
        margin_cdb = 0 if self._since == NEVER else HYSTERESIS_CDB
        if line.floor_cdb > self._floor_limit_cdb - margin_cdb:
            return True
        return (
            self._n_speech == self._min_speech
            and line.speech_cdb - line.floor_cdb < self._snr_limit_cdb + margin_cdb
        )

    def _snr_cdb(self, line):
        if self._n_speech == self._min_speech:
            return line.speech_cdb - line.floor_cdb
        return NOMINAL_SPEECH_CDB - line.floor_cdb

    def _clean(self, index):
        if self._clean_since == NEVER:
            self._clean_since = index
        clean = index + 1 - self._clean_since
        if clean == self._calm:
            self._since = NEVER
            self._call.prompts.over(LINE_IS_CLEAN)
        if clean >= self._reset:
            self.stage = 0
