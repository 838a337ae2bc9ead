"""HOLD_STARTED, LONG_HOLD, CALLBACK_DUE, HOLD_ENDED: the customer waits at a held line.

Serves "never leave a customer on hold for long". Music, hold beeps or the button make a sure hold.
A dropped line makes an unsure one: it is sure once the line comes back without a ring (see
ending.py for when it does not). A hold is over when the customer speaks, the line's noise is back
for BACK_MS, or at the button. Music is no noise and its bursts are no speech: where music played,
it must have been heard no more for REST_MS, and be gone for VOICE_BACK_MS, or for MUSIC_BACK_MS
where only noise is back: a piece that starts anew may rest for longer than a second. What sounds by
then, and moves, is no noise that is back: it has until MOST_REST_MS to be known. No reminder comes
where the music may just have ended. The first notes may pass for a voice: a hold that they seemed
to end is taken up again, with its beginning, if music began within JOIN_MS after, the agent has
said nothing and has not ended it by the button; after REST_MS of music, if it had some before. Hold
music is played again and again, and the same to everybody: for as long as a piece has rested and
gone on, and MARGIN_MS more, the next end waits, in the calls to come, too.
On a line that is silent between words anyway the customer who listens looks like one who waits. A
drop that the agent's words have hidden until it was due is no hold before LISTENS_MS are over; and
nobody is to be thanked for waiting when an answer ends it.
A tone on a dropped line is no signal of its own, but may be a busy tone: no hold begins within
TONE_MS of its first burst.
Times are frame indices, event values milliseconds; `since` is where the hold truly began.
"""

from callclip.core import events
from callclip.core.frame import MUSIC, NEVER, TONE
from callclip.core.rules.rule import NEVER_DUE, Rule
from callclip.core.signals import HOLD_ENDS
from callclip.core.talk import BEEPS, BUTTON, CUSTOMER_HEARD, LINE_CHANGED, STATE_CHANGED
from callclip.core.transitions import HOLD, HOLD_BEGINS, HOLD_OVER, HOLD_OVER_UNGREETED, IN_CALL
from callclip.core.units import FRAME_MS, frames_from_ms

BACK_MS = 1000
MUSIC_BACK_MS = 1800
MARGIN_MS = 300
MOST_REST_MS = 4000
REST_MS = 300
VOICE_BACK_MS = 600
JOIN_MS = 3000
WATCH_MS = 6000  # to be known again takes music a while
TONE_MS = 3000  # two cycles of any busy tone
LISTENS_MS = 25000
SOUND_CDB = 1000  # so far above the line's noise and floor is what can be music
MOVE_CDB = 300  # and it moves by so much


class Hold(Rule):
    STATES = IN_CALL
    WAKES = BEEPS | BUTTON | CUSTOMER_HEARD | LINE_CHANGED | STATE_CHANGED

    def __init__(self, call, config):
        super().__init__(call)
        self._detect = frames_from_ms(config.hold_detect_ms)
        self._long = frames_from_ms(config.long_hold_ms)
        self._remind = frames_from_ms(config.hold_remind_ms)
        self._callback = frames_from_ms(config.callback_hold_ms)
        self._back = frames_from_ms(BACK_MS)
        self._longest_rest = frames_from_ms(MUSIC_BACK_MS)  # so long music may be silent and go on
        self._watch = frames_from_ms(WATCH_MS)
        self._margin = frames_from_ms(MARGIN_MS)
        self._most_rest = frames_from_ms(MOST_REST_MS)
        self._rest = frames_from_ms(REST_MS)
        self._voice_back = frames_from_ms(VOICE_BACK_MS)
        self._join = frames_from_ms(JOIN_MS)
        self._tone = frames_from_ms(TONE_MS)
        self._listens = frames_from_ms(LISTENS_MS)
        self.since = NEVER
        self.is_sure = 0
        self._cause = events.HOLD_LINE_DROPPED
        self._n_long = 0
        self._is_callback_due = 0
        self._last_music = NEVER  # last frame of this hold that was heard as music
        self._music_end = NEVER  # and where it truly ended, as far as is known
        self._is_line_gone = 0  # the line has been away, so that it can come back
        self._last_since = NEVER  # where the last hold began, and where it seemed to end
        self._last_back = NEVER
        self._last_end = NEVER  # where its music ended
        self._sound_since = NEVER
        self._last_sound = NEVER
        self._level_16th_cdb = 0  # over a third of a second
        self._was_button = 0  # the agent has ended it
        self._call_began = NEVER
        self._first_tone = NEVER
        self._drop = NEVER  # the last one, and whether words hid it until it was due
        self._is_hidden = 0

    def begin(self, frame):
        self.since = NEVER
        self._last_back = NEVER
        self._last_music = NEVER
        self._call_began = frame.index
        self._first_tone = NEVER
        self._drop = NEVER

    def judge(self, frame):
        self.sleep_until(frame.index + 1)
        if self._call.state == HOLD:
            self._while_held(frame)
        else:
            self._look(frame)

    def _look(self, frame):
        """Find a hold that begins."""
        index = frame.index
        if frame.button_short and index != self._call_began:
            self._start(frame, events.HOLD_BUTTON, index)
            return
        talk = self._call.talk
        if not talk.is_customer_heard:
            self.sleep_until(NEVER_DUE)
            return
        is_just_over = self._last_back != NEVER and index - self._last_back <= self._watch
        if is_just_over:
            self._note_sound(frame)
        self._note_drop(index)
        line = frame.line
        if line.state == MUSIC:
            since = line.state_since
            length = index + 1 - since
            is_piece = self._last_music != NEVER and length >= self._rest  # as in the last hold
            if length >= self._detect or is_piece and self._was_never_over(since):
                self._start(frame, events.HOLD_MUSIC, since)
        elif frame.hold_beep_since > self._last_back:  # not the beeps of a hold that is over
            if index + 1 - frame.hold_beep_since >= self._detect:
                self._start(frame, events.HOLD_BEEP, frame.hold_beep_since)
        elif talk.drop == NEVER:
            if not is_just_over:
                self.sleep_until(NEVER_DUE)
        else:
            self._note_tone(frame)
            is_due = self._is_long(index) and not self._is_toned(frame)
            if is_due and not self._call.ending.is_drop_final:
                self._start(frame, events.HOLD_LINE_DROPPED, talk.drop)

    def _note_drop(self, index):
        drop = self._call.talk.drop
        if drop != self._drop:
            self._drop = drop
            self._is_hidden = 1 if index + 1 - drop > self._detect else 0

    def _is_long(self, index):
        """Whether the line has been dropped for long enough."""
        talk = self._call.talk
        is_listening = self._is_hidden and talk.is_line_silent_between_words()
        return index + 1 - talk.drop >= (self._listens if is_listening else self._detect)

    def _note_tone(self, frame):
        if frame.line.state == TONE and self._first_tone < self._call.talk.drop:
            self._first_tone = frame.index

    def _is_toned(self, frame):
        """Whether a tone has begun of late: it tells what has become of the line, or nothing."""
        if frame.n_busy_cycles:
            return True
        return self._first_tone != NEVER and frame.index - self._first_tone < self._tone

    def _start(self, frame, cause, since):
        call = self._call
        if since < call.talk.start:
            since = call.talk.start
        if cause == events.HOLD_MUSIC and self._was_never_over(since):
            if self._last_end != NEVER:
                self._note_rest(frame.index)
            since = self._last_since
            call.summary.hold_goes_on(self._last_back, frame)
        else:
            self._n_long = 0
            self._is_callback_due = 0
            call.summary.hold_begins(since, frame)
        self.since = since
        self._cause = cause
        self.is_sure = 0 if cause == events.HOLD_LINE_DROPPED else 1
        self._last_music = NEVER
        self._music_end = NEVER
        self._is_line_gone = 0 if cause == events.HOLD_BUTTON else 1
        call.emit(events.HOLD_STARTED, cause, self.is_sure, since)
        call.happen(HOLD_BEGINS)

    def _note_sound(self, frame):
        """When something sounds on the line, be it music or not: first since an end, and last."""
        line = frame.line
        level_cdb = line.level_cdb
        change_cdb = level_cdb - (self._level_16th_cdb >> 4)
        self._level_16th_cdb += change_cdb
        if -MOVE_CDB < change_cdb < MOVE_CDB or frame.agent.is_speech:
            return
        if level_cdb < line.noise_cdb + SOUND_CDB or level_cdb < line.floor_cdb + SOUND_CDB:
            return
        if self._sound_since == NEVER:
            self._sound_since = frame.index
        self._last_sound = frame.index

    def _is_sounding(self, index):
        return index - self._last_sound <= self._rest

    def _note_rest(self, index):
        """The piece fell silent and has gone on: where it does again, the next end waits for it."""
        again = index if self._sound_since == NEVER else self._sound_since
        rest = again - self._last_end + self._margin
        if self._longest_rest < rest:
            self._longest_rest = rest if rest < self._most_rest else self._most_rest

    def _may_go_on(self, index):
        """Whether the music that is heard no more may only rest."""
        silent = index - self._music_end
        if silent < self._longest_rest:
            return True
        return silent < self._most_rest and self._is_sounding(index)

    def _was_never_over(self, since):
        """Music from `since` on shows that what seemed to end the last hold was music, too."""
        back = self._last_back
        if back == NEVER or self._was_button or self._call.talk.agent_last >= back:
            return False
        return since - back <= self._join

    def _while_held(self, frame):
        back = self._back_since(frame)
        if back != NEVER:
            self._end(frame, back)
            return
        if not self.is_sure and (frame.line.state == MUSIC or frame.hold_beep_since != NEVER):
            self.is_sure = 1
            self._cause = events.HOLD_MUSIC if frame.line.state == MUSIC else events.HOLD_BEEP
        held = frame.index + 1 - self.since
        late = held - self._long - self._n_long * self._remind
        if late >= 0 and not self._may_be_over(frame, late):
            self._n_long += 1
            self._call.emit(events.LONG_HOLD, self._n_long, held * FRAME_MS, self.is_sure)
        if self.is_sure:
            self._check_callback(held)

    def _may_be_over(self, frame, late):
        """Whether the music may just have ended: a reminder waits for that as the end does."""
        index = frame.index
        if self._last_music != index:
            return self._music_end != NEVER and self._may_go_on(index)
        line = frame.line
        is_rest = line.level_cdb < line.noise_cdb + SOUND_CDB or frame.agent.is_speech
        return is_rest and late < self._back

    def _back_since(self, frame):
        """Frame in which the customer or the line came back; NEVER while they are away."""
        index = frame.index
        if frame.button_short:
            return index
        talk = self._call.talk
        line = frame.line
        up_since = talk.up_since
        if up_since == NEVER:
            self._is_line_gone = 1
        if line.state == MUSIC:
            self._last_music = index
            self._music_end = index
            return NEVER
        if self._last_music != NEVER:
            self._note_sound(frame)
            if index - self._last_music == 1 and line.state_since <= index:
                self._music_end = line.state_since - 1  # that it has ended is known late
            if index - self._last_music < self._rest:
                return NEVER
            if index - self._music_end < self._voice_back:
                return NEVER
        if (
            line.is_in_spurt
            and line.spurt_start > self.since
            and line.spurt_start > self._music_end
            and line.spurt_ms >= talk.min_speech_ms
        ):
            return line.spurt_start
        if self._music_end != NEVER and self._may_go_on(index):
            return NEVER
        if not self._is_line_gone or up_since == NEVER or frame.hold_beep_since != NEVER:
            return NEVER
        if index + 1 - up_since >= self._back:
            return up_since if up_since > self.since else self.since
        return NEVER

    def _end(self, frame, back):
        call = self._call
        self.is_sure = 1
        held = back - self.since
        self._check_callback(held)
        call.emit(events.HOLD_ENDED, held * FRAME_MS)
        call.summary.hold_over(back, frame)
        self._last_since = self.since
        self._last_back = back
        self._last_end = self._music_end
        self._sound_since = NEVER
        self._was_button = frame.button_short
        self.since = NEVER
        talk = call.talk
        talk.resumed = frame.index
        talk.forget_drop()
        call.prompts.over(HOLD_ENDS)
        if self._cause != events.HOLD_LINE_DROPPED or not talk.is_line_silent_between_words():
            call.hold_return.expect(frame.index, self._spoken_since(frame, back))
        call.happen(HOLD_OVER_UNGREETED if talk.agent_last == NEVER else HOLD_OVER)

    def _spoken_since(self, frame, back):
        """From when on words may thank for waiting: that a beep is missing is known late.

        The line is back before the customer says so, and the agent may have spoken first.
        """
        if self._cause == events.HOLD_BEEP and self._last_since < frame.last_ring < back:
            return frame.last_ring
        up_since = self._call.talk.up_since
        if self._last_since < up_since < back:
            return up_since
        return back

    def _check_callback(self, held):
        if held > self._callback and not self._is_callback_due:
            self._is_callback_due = 1
            self._call.emit(events.CALLBACK_DUE, held * FRAME_MS)
