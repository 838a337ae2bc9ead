"""Answers the host's requests: one message in, one message out, but for pages of the log and notes.

Pure but for what it is handed: `link` read() is_backed_up() write() write_note() flush_some();
`bead`; `store`; `settings` values save(); `journal`; `clock` unix_ms() (0 = unknown),
set_unix_ms(), uptime_ms() (no wrap); `unit` unit_id firmware micropython board last_words,
identify(duration_ms), reboot(), reboot_to_update(), nonce(),
test_outputs() -> (is_led_ok, is_buzzer_ok); `keyring`.
Times in ms, levels in centi-dB. Off the frame path: may allocate, must not wait.
Called by: app (poll, note_event). Ref: docs/protocol.md.
"""

from callclip.answers import Answers
from callclip.calibrating import Calibrating
from callclip.core import guard, protocol
from callclip.core.protocol import Refusal
from callclip.logpages import LogPages
from callclip.ringing import Ringing

LEASE_MS = 60000  # a live view that asks nothing for so long is gone: stop the notes
MIN_LIVE_MS = 100
REBOOT_DELAY_MS = 200  # the answer leaves the UART first


class Service:
    def __init__(self, link, bead, store, settings, journal, clock, unit, keyring):
        self._link = link
        self._bead = bead
        self._store = store
        self._unit = unit
        self._deframer = protocol.Deframer()
        self._live_period_ms = 0
        self._live_next_ms = 0
        self._lease_ends_ms = 0
        self._reboot_at_ms = -1
        self._reboot_how = unit.reboot
        self._now_ms = 0
        self._journal = journal
        self._ringing = Ringing(bead, settings)
        self._calibrating = Calibrating(bead, settings, journal)
        self._guard = guard.Guard(unit.unit_id, keyring, unit.nonce)
        self._keyring = keyring
        self._pages = LogPages(store)
        self._paged = (0, 0)  # request id and counter of the pages under way
        self._counter = guard.UNSEALED  # of the request that is being answered
        self._answers = Answers(bead, store, settings, journal, clock, unit, keyring)

    def poll(self, now_ms):
        """One turn: read, answer, send a slice, live note if due. now_ms must not wrap.
        True: more waits to be sent."""
        self._now_ms = now_ms
        self._ringing.settle()
        self._calibrating.settle()
        data = self._link.read()
        if data:
            for message in self._deframer.feed(data):
                if self._link.is_backed_up():
                    continue  # a host that does not wait for answers gets none; it asks again
                reply = self.answer_to(message)
                if reply:
                    self._link.write(reply)
        if not self._link.is_backed_up():
            self._send_page()
        if self._live_period_ms:
            self._send_live(now_ms)
        is_busy = self._link.flush_some()
        if 0 <= self._reboot_at_ms <= now_ms and not is_busy:
            self._reboot_at_ms = -1
            self._reboot_how()
        return is_busy

    def answer_to(self, message):
        """The frame to send back, or None: answers, notes and what was played again are nobody's
        requests."""
        if message.mtype & (protocol.NOTE | protocol.ANSWER):
            return None
        number = message.request_id
        mtype = message.mtype | protocol.ANSWER
        self._counter = guard.UNSEALED
        if message.level != protocol.LEVEL:
            text = "the unit speaks protocol level {}".format(protocol.LEVEL)
            return protocol.frame(mtype, number, protocol.error_body(protocol.WRONG_LEVEL, text))
        try:
            counter = self._guard.open(message, self._now_ms)
        except Refusal as no:
            mtype &= ~protocol.SEALED
            return protocol.frame(mtype, number, protocol.error_body(no.code, no.sentence))
        if counter is None:
            return None
        self._counter = counter
        self._pages.stop()
        body = self._body_of_answer(message)
        if not body:
            return None  # pages come instead
        reply = self._guard.seal(message.mtype | protocol.ANSWER, number, body, counter)
        if message.mtype == protocol.KEYS_SET and body[0] == protocol.OK:
            self._guard.end_session()  # it was made with keys that are no longer in force
        return reply

    def _body_of_answer(self, message):
        mtype = message.mtype
        handler = self._own_handler(mtype) or self._handler(mtype)
        if handler is None:
            text = "no message type {}".format(mtype)
            return protocol.error_body(protocol.UNKNOWN_TYPE, text)
        try:
            self._guard.check(mtype, self._counter)
            self._lease_ends_ms = self._now_ms + LEASE_MS
            answer = handler(protocol.read_request(message))
            if mtype == protocol.LOG_READ:
                self._paged = (message.request_id, self._counter)
                return b""
            return protocol.answer_body(mtype, answer)
        except Refusal as no:
            return protocol.error_body(no.code, no.sentence)
        except ValueError as err:
            return protocol.error_body(protocol.BAD_BODY, str(err) or "not UTF-8")
        except OSError as err:
            return protocol.error_body(protocol.STORE_FAILED, str(err))
        except Exception as err:  # whatever the cable brings, the prompts go on
            text = "{}: {}".format(type(err).__name__, err)
            return protocol.error_body(protocol.FAILED, text)

    def _own_handler(self, mtype):
        """What answers a request, None if it is none of these. A dictionary of methods would stay
        in memory."""
        if mtype == protocol.HELLO:
            return self._hello
        if mtype == protocol.CHALLENGE:
            return self._challenge
        if mtype == protocol.LOGIN:
            return self._login
        if mtype == protocol.KEYS_SET:
            return self._keys_set
        if mtype == protocol.LIVE_SUBSCRIBE:
            return self._live_subscribe
        if mtype == protocol.IDENTIFY:
            return self._identify
        if mtype == protocol.REBOOT:
            return self._reboot
        if mtype == protocol.UPDATE:
            return self._update
        return None

    def _handler(self, mtype):
        answers = self._answers
        pages = self._pages
        if mtype == protocol.BRIEF:
            return answers.brief
        if mtype == protocol.CLOCK_GET:
            return answers.clock_get
        if mtype == protocol.CLOCK_SET:
            return answers.clock_set
        if mtype == protocol.CONFIG_GET:
            return answers.config_get
        if mtype == protocol.CONFIG_SET:
            return answers.config_set
        if mtype == protocol.SELF_TEST:
            return answers.self_test
        if mtype == protocol.LOG_LIST:
            return pages.list
        if mtype == protocol.LOG_READ:
            return pages.read
        if mtype == protocol.LOG_HASH:
            return pages.hash
        if mtype == protocol.LOG_ACK:
            return pages.acknowledge
        if mtype == protocol.LOG_PURGE:
            return pages.purge
        if mtype == protocol.RINGER:
            return self._ringing.answer
        if mtype == protocol.CALIBRATE:
            return self._calibrating.answer
        return None

    def _send_page(self):
        """The next page of the LOG_READ under way, if there is one."""
        pages = self._pages
        try:
            page = pages.next_page()
            if page is None:
                return
            number, counter = self._paged
            body = protocol.answer_body(protocol.LOG_READ, page)
            mtype = protocol.LOG_READ | protocol.ANSWER
            self._link.write(self._guard.seal(mtype, number, body, counter))
        except OSError:
            pages.stop()  # the host misses it, asks again and is told
        except MemoryError:
            pages.shorten()
        else:
            pages.sent(page)

    def note_event(self, record):
        """Tell a live view of an event at once; record: as Journal.log_event returned it."""
        if self._live_period_ms:
            values = {"boot": self._store.boot, "record": record}
            self._send_note(protocol.NOTE_EVENT, values)

    def _send_note(self, mtype, values):
        frame = self._guard.note(mtype, protocol.note_body(mtype, values))
        if frame is None:
            self._live_period_ms = 0  # who asked for it is no longer logged in
        else:
            self._link.write_note(frame)

    def _send_live(self, now_ms):
        if now_ms >= self._lease_ends_ms:
            self._live_period_ms = 0
        elif now_ms >= self._live_next_ms:
            self._live_next_ms = now_ms + self._live_period_ms
            self._send_note(protocol.NOTE_LIVE, self._live_values())

    def _live_values(self):
        bead = self._bead
        agent = bead.view.agent
        line = bead.view.line
        return {
            "t_frames": bead.n_frames,
            "call_state": bead.call.state,
            "call": bead.call.number,
            "agent_level_cdb": agent.level_cdb,
            "line_level_cdb": line.level_cdb,
            "agent_floor_cdb": agent.floor_cdb,
            "line_floor_cdb": line.floor_cdb,
            "is_agent_speech": int(agent.is_speech),
            "is_line_speech": int(line.is_speech),
            "agent_state": agent.state,
            "line_state": line.state,
            "signal": bead.prompts.signal,
        }

    def _hello(self, request):
        told = self._answers.hello(request)
        if self._keyring.is_keyed and self._counter == guard.UNSEALED:
            told["call_state"] = 0  # what the agent is doing is nobody's who has no key
            told["call"] = 0
        return told

    def _challenge(self, request):
        return self._guard.challenge(request, self._store.boot, self._now_ms)

    def _login(self, request):
        told = self._guard.login(request, self._now_ms)
        self._live_period_ms = 0  # the notes were another's
        return told

    def _keys_set(self, request):
        keys = self._guard.shown(self._counter, request["keys"])
        return self._answers.keys_set(request, keys)

    def _live_subscribe(self, request):
        period_ms = request["period_ms"]
        self._live_period_ms = max(period_ms, MIN_LIVE_MS) if period_ms else 0
        self._live_next_ms = self._now_ms
        return {"period_ms": self._live_period_ms}

    def _identify(self, request):
        self._unit.identify(request["duration_ms"])
        return {}

    def _reboot(self, request):
        self._go_down(request, self._unit.reboot)
        return {}

    def _update(self, request):
        self._refuse_in_call(request)
        self._journal.log_update()
        self._go_down(request, self._unit.reboot_to_update)
        return {}

    def _refuse_in_call(self, request):
        if self._bead.call.state and not request["is_forced"]:
            raise Refusal(protocol.BUSY, "a call is going on")

    def _go_down(self, request, how):
        self._refuse_in_call(request)
        self._store.sync()
        self._reboot_how = how
        self._reboot_at_ms = self._now_ms + REBOOT_DELAY_MS
