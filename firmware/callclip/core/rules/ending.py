"""CALL_ENDED: has the call ended, when, and how do we know?

Serves all rules that end with the call, and the log. From sound alone a dropped line is a hold or
the end. In this order: busy tone or a long press of the button; a line dropped in a closing or
silent call; a ring, or `hold_unsure_ms` over, on an unsure hold: the call had ended at the drop,
and the hold was none; `hold_max_ms` on a sure hold; nobody speaking for `call_end_ms`. A silent
call whose line never carried anything ends `silent_end_ms` after the last prompt. A ring ends a
call, too, that is closing, whose line is down, or in which the customer never spoke: then what
seemed the answer was talk beside a ringing phone. Times are frame indices; `end` is the first frame
after the call.
"""

from callclip.core import events
from callclip.core.frame import NEVER
from callclip.core.rules.rule import Rule
from callclip.core.rules.silent_call import LAST_STAGE
from callclip.core.talk import BUSY, BUTTON, LINE_CHANGED, RING, STATE_CHANGED
from callclip.core.transitions import CALL_OVER, CALL_OVER_BY_RING, CLOSING, HOLD, IN_CALL
from callclip.core.units import frames_from_ms

BUSY_CYCLES = 2
PICK_UP_MS = 2000  # the burst in which a call is picked up may be recognised this late


class Ending(Rule):
    STATES = IN_CALL
    WAKES = BUSY | BUTTON | LINE_CHANGED | RING | STATE_CHANGED

    def __init__(self, call, config):
        super().__init__(call)
        self._drop_end = frames_from_ms(config.drop_end_ms)
        self._silent_end = frames_from_ms(config.silent_end_ms)
        self._unsure = frames_from_ms(config.hold_unsure_ms)
        self._hold_max = frames_from_ms(config.hold_max_ms)
        self._call_end = frames_from_ms(config.call_end_ms)
        self._pick_up = frames_from_ms(PICK_UP_MS)
        self._drop = NEVER  # the drop that is_drop_final belongs to
        self.is_drop_final = 0  # the line dropped in a closing or silent call: that is the end

    def begin(self, frame):
        self._drop = NEVER
        self.is_drop_final = 0

    def judge(self, frame):
        call = self._call
        self._judge_drop()
        self.sleep_until(self._next_due(frame.index))
        if frame.n_busy_cycles >= BUSY_CYCLES and frame.busy_since >= call.talk.start:
            self._end(frame, events.END_TONE, self._at_drop_or(frame.busy_since))
        elif frame.button_long:
            self._end(frame, events.END_BUTTON, self._at_drop_or(frame.index + 1))
        elif call.answering.has_rung(frame) and self._is_over_by_ring(frame):
            self._end(frame, events.END_NEW_CALL, self._at_drop_or(self._after_last_speech()))
        elif call.state == HOLD:
            self._while_held(frame)
        else:
            self._while_open(frame)

    def _next_due(self, index):
        """The first frame in which anything but what wakes this rule may end the call."""
        talk = self._call.talk
        if self._call.state == HOLD:
            hold = self._call.hold
            return hold.since + (self._hold_max if hold.is_sure else self._unsure) - 1
        if talk.drop != NEVER or self._call.silent_call.stage == LAST_STAGE:
            return index + 1
        last = talk.last_speech()
        if last == NEVER:
            last = talk.start - 1
        due = last + self._call_end
        silent = index + self._silent_end  # from the last stage on, which may come at any time
        return due if due < silent else silent

    def _judge_drop(self):
        """What a dropped line means is settled by the state in which it drops."""
        talk = self._call.talk
        if talk.drop == self._drop:
            return
        self._drop = talk.drop
        is_open_end = self._call.state == CLOSING or not talk.is_customer_heard
        self.is_drop_final = 1 if talk.drop != NEVER and is_open_end else 0

    def _is_over_by_ring(self, frame):
        call = self._call
        if call.state == HOLD:
            return not call.hold.is_sure
        if call.state == CLOSING or call.talk.drop != NEVER:
            return True
        if call.talk.is_customer_heard:
            return False
        return frame.index - call.talk.start >= self._pick_up

    def _while_held(self, frame):
        hold = self._call.hold
        held = frame.index + 1 - hold.since
        if not hold.is_sure:
            if held >= self._unsure:
                self._end(frame, events.END_LINE_DROPPED, hold.since)
        elif held >= self._hold_max:
            self._end(frame, events.END_SILENCE, frame.index + 1)

    def _while_open(self, frame):
        talk = self._call.talk
        index = frame.index
        if self.is_drop_final and index + 1 - talk.drop >= self._drop_end:
            self._end(frame, events.END_LINE_DROPPED, talk.drop)
            return
        silent_call = self._call.silent_call
        if (
            silent_call.stage == LAST_STAGE
            and not talk.is_line_seen
            and not talk.is_customer_heard
            and index - silent_call.prompted >= self._silent_end
        ):
            end = max(silent_call.prompted + 1, self._after_last_speech())
            self._end(frame, events.END_LINE_DROPPED, end)
            return
        last = talk.last_speech()
        if last == NEVER:
            last = talk.start - 1
        if index - last >= self._call_end:
            self._end(frame, events.END_SILENCE, self._after_last_speech())

    def _after_last_speech(self):
        """The frame after the last word, or after the last hold; the start if there was neither."""
        talk = self._call.talk
        return max(talk.last_speech() + 1, talk.start)

    def _at_drop_or(self, end):
        """`end`, but no later than the drop of a line that has not come back since."""
        call = self._call
        if call.state == HOLD:
            return end if call.hold.is_sure else call.hold.since
        drop = call.talk.drop
        if drop != NEVER and drop < end:
            return drop
        return end

    def _end(self, frame, cause, end):
        call = self._call
        if end < call.talk.start:
            end = call.talk.start
        happening = CALL_OVER_BY_RING if cause == events.END_NEW_CALL else CALL_OVER
        call.finish(frame, happening, cause, end)
