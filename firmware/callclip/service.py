"""Answers the host's requests: one message in, one message out, and notes to a live view.

Pure but for what it is handed: `link` read() is_backed_up() write() write_note() flush_some();
`bead`; `store`; `settings` values save(); `journal`; `clock` unix_ms() (0 = unknown),
set_unix_ms(), uptime_ms() (no wrap); `unit` unit_id firmware micropython board last_words,
identify(duration_ms), reboot(), test_outputs() -> (is_led_ok, is_buzzer_ok).
Times in ms, levels in centi-dB. Off the frame path: may allocate, must not wait.
Called by: app (poll, note_event). Ref: docs/protocol.md.
"""

from callclip.answers import Answers, Refusal
from callclip.core import protocol
from callclip.ringing import Ringing

LEASE_MS = 60000  # a live view that asks nothing for so long is gone: stop the notes
MIN_LIVE_MS = 100
REBOOT_DELAY_MS = 200  # the answer leaves the UART first


class Service:
    def __init__(self, link, bead, store, settings, journal, clock, unit):
        self._link = link
        self._bead = bead
        self._store = store
        self._unit = unit
        self._deframer = protocol.Deframer()
        self._live_period_ms = 0
        self._live_next_ms = 0
        self._lease_ends_ms = 0
        self._reboot_at_ms = -1
        self._now_ms = 0
        self._ringing = Ringing(bead, settings)
        answers = Answers(bead, store, settings, journal, clock, unit)
        self._handlers = {
            protocol.HELLO: answers.hello,
            protocol.CLOCK_GET: answers.clock_get,
            protocol.CLOCK_SET: answers.clock_set,
            protocol.CONFIG_GET: answers.config_get,
            protocol.CONFIG_SET: answers.config_set,
            protocol.LOG_LIST: answers.log_list,
            protocol.LOG_READ: answers.log_read,
            protocol.LOG_CRC: answers.log_crc,
            protocol.SELF_TEST: answers.self_test,
            protocol.LIVE_SUBSCRIBE: self._live_subscribe,
            protocol.IDENTIFY: self._identify,
            protocol.REBOOT: self._reboot,
            protocol.RINGER: self._ringing.answer,
        }

    def poll(self, now_ms):
        """One turn: read, answer, send a slice, live note if due. now_ms must not wrap."""
        self._now_ms = now_ms
        self._ringing.settle()
        data = self._link.read()
        if data:
            for message in self._deframer.feed(data):
                if self._link.is_backed_up():
                    continue  # a host that does not wait for answers gets none; it asks again
                reply = self.answer_to(message)
                if reply:
                    self._link.write(reply)
        if self._live_period_ms:
            self._send_live(now_ms)
        is_busy = self._link.flush_some()
        if 0 <= self._reboot_at_ms <= now_ms and not is_busy:
            self._reboot_at_ms = -1
            self._unit.reboot()

    def answer_to(self, message):
        """The frame to send back, or None: answers and notes are our own echo, not requests."""
        mtype = message.mtype
        number = message.request_id
        if mtype >= protocol.NOTE_EVENT:
            return None
        if message.level != protocol.LEVEL:
            text = "the unit speaks protocol level {}".format(protocol.LEVEL)
            return protocol.error(mtype, number, protocol.WRONG_LEVEL, text)
        handler = self._handlers.get(mtype)
        if handler is None:
            text = "no message type {}".format(mtype)
            return protocol.error(mtype, number, protocol.UNKNOWN_TYPE, text)
        self._lease_ends_ms = self._now_ms + LEASE_MS
        try:
            return protocol.answer(mtype, number, handler(protocol.read_request(message)))
        except Refusal as no:
            return protocol.error(mtype, number, no.code, no.sentence)
        except ValueError as err:
            return protocol.error(mtype, number, protocol.BAD_BODY, str(err) or "not UTF-8")
        except OSError as err:
            return protocol.error(mtype, number, protocol.STORE_FAILED, str(err))
        except Exception as err:  # whatever the cable brings, the prompts go on
            text = "{}: {}".format(type(err).__name__, err)
            return protocol.error(mtype, number, protocol.FAILED, text)

    def note_event(self, record):
        """Tell a live view of an event at once; record: as Journal.log_event returned it."""
        if self._live_period_ms:
            values = {"boot": self._store.boot, "record": record}
            self._link.write_note(protocol.note(protocol.NOTE_EVENT, values))

    def _send_live(self, now_ms):
        if now_ms >= self._lease_ends_ms:
            self._live_period_ms = 0
        elif now_ms >= self._live_next_ms:
            self._live_next_ms = now_ms + self._live_period_ms
            self._link.write_note(protocol.note(protocol.NOTE_LIVE, self._live_values()))

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

    def _live_subscribe(self, request):
        period_ms = request["period_ms"]
        self._live_period_ms = max(period_ms, MIN_LIVE_MS) if period_ms else 0
        self._live_next_ms = self._now_ms
        return {"period_ms": self._live_period_ms}

    def _identify(self, request):
        self._unit.identify(request["duration_ms"])
        return {}

    def _reboot(self, request):
        if self._bead.call.state and not request["is_forced"]:
            raise Refusal(protocol.BUSY, "a call is going on")
        self._store.sync()
        self._reboot_at_ms = self._now_ms + REBOOT_DELAY_MS
        return {}
