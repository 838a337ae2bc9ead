"""The unit's side of the cable under whatever the cable brings: real bead, store, settings, journal
and protocol on CPython; only the UART is a pair of buffers."""

import json
import zlib

import pytest
from callclip.core import fields, protocol, records
from callclip.core.config import SCHEMA, Config
from callclip.journal import BURST_BYTES
from callclip.ports.settings import Settings
from callclip.store import SEGMENT_BYTES
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benches.soak.unit import Unit
from tests.logbytes import rows_of, seqs_of

T0_MS = 1790000000000


class Bench(Unit):
    """Takes its turns until nothing moves any more."""

    def __init__(self, folder):
        super().__init__(folder, segment_bytes=SEGMENT_BYTES)

    def say(self, data):
        """Bytes to the unit; the messages that come back."""
        out = said = super().say(data)
        while said:
            said = super().say(b"")
            out += said
        return protocol.Deframer().feed(out)

    def ask(self, mtype, values=None):
        answers = [m for m in self.say(protocol.request(mtype, 9, values)) if m.request_id == 9]
        assert [m.mtype for m in answers] == [mtype | protocol.ANSWER]
        return protocol.read_answer(answers[0])


@pytest.fixture
def bench(tmp_path):
    return Bench(tmp_path / "unit")


same_bench = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@same_bench
@given(st.binary(max_size=600))
def test_garbage_is_never_answered_and_never_raises(bench, garbage):
    assert bench.say(garbage) == []
    assert bench.ask(protocol.HELLO)[0] == protocol.OK


@same_bench
@given(st.integers(0, 255), st.integers(0, 255), st.integers(0, 0xFFFF), st.binary(max_size=200))
def test_any_well_framed_request_gets_one_answer(bench, level, mtype, number, body):
    answers = bench.say(protocol.frame(mtype, number, body, level))
    if mtype & (protocol.NOTE | protocol.ANSWER):
        assert answers == []
        return
    answers = [m for m in answers if m.mtype != protocol.NOTE_LIVE]
    is_sealed = bool(mtype & protocol.SEALED)
    if is_sealed and level == protocol.LEVEL:
        mtype &= ~protocol.SEALED  # nobody is logged in: the answer has no seal
    assert [(m.mtype, m.request_id) for m in answers] == [(mtype | protocol.ANSWER, number)]
    assert answers[0].body[0] < len(protocol.ERROR_NAMES)
    if level != protocol.LEVEL:
        assert answers[0].body[0] == protocol.WRONG_LEVEL
    elif is_sealed:
        assert answers[0].body[0] == protocol.NOT_LOGGED_IN
    elif mtype not in protocol.MESSAGES:
        assert answers[0].body[0] == protocol.UNKNOWN_TYPE


_FIELD = {
    fields.U8: st.integers(0, 255),
    fields.U16: st.integers(0, 2**16 - 1),
    fields.U32: st.integers(0, 2**32 - 1),
    fields.U64: st.integers(0, 2**64 - 1),
    fields.REST: st.binary(max_size=150),
    fields.B16: st.binary(min_size=16, max_size=16),
    fields.B32: st.binary(min_size=32, max_size=32),
}
_requests = st.sampled_from([t for t in protocol.MESSAGES if t < protocol.NOTE_EVENT]).flatmap(
    lambda mtype: st.tuples(
        st.just(mtype),
        st.fixed_dictionaries({n: _FIELD[k] for n, k in protocol.MESSAGES[mtype][1]}),
    )
)


@same_bench
@given(st.lists(_requests, max_size=6))
def test_no_request_with_odd_values_is_an_unforeseen_failure(bench, requests):
    for mtype, values in requests:
        status, answer = bench.ask(mtype, values)
        assert status != protocol.FAILED, (mtype, values, answer)


def test_a_request_sent_twice_does_the_same_as_once(bench):
    text = json.dumps({"silent_call_ms": 6000}).encode()
    values = {"offset_bytes": 0, "total_bytes": len(text), "crc": zlib.crc32(text), "json": text}
    first = bench.ask(protocol.CONFIG_SET, values)
    n_records = bench.store.next_seq
    assert bench.ask(protocol.CONFIG_SET, values) == first
    assert bench.store.next_seq == n_records  # the second time nothing changed, nothing is logged


@given(st.data())
@same_bench
def test_any_allowed_configuration_is_kept_and_read_back(bench, data):
    values = data.draw(
        st.fixed_dictionaries(
            {}, optional={name: st.integers(low, high) for name, _d, low, high, _h in SCHEMA}
        )
    )
    text = json.dumps(values).encode()
    for at in range(0, len(text), protocol.CONFIG_PAGE_BYTES):
        page = text[at : at + protocol.CONFIG_PAGE_BYTES]
        row = {"offset_bytes": at, "total_bytes": len(text), "crc": zlib.crc32(text), "json": page}
        status, answer = bench.ask(protocol.CONFIG_SET, row)
        assert status == protocol.OK, answer
    held = b""
    while len(held) < 1 or len(held) < answer["total_bytes"]:
        status, answer = bench.ask(protocol.CONFIG_GET, {"offset_bytes": len(held)})
        held += answer["json"]
    assert json.loads(held) == Config(values).as_dict()
    again = Settings(bench.settings._path)
    assert again.load() == values


def test_the_file_system_fails_while_the_configuration_is_saved(bench, tmp_path):
    (tmp_path / "unit" / "config.json.new").mkdir()  # what save would write
    text = b'{"silent_call_ms":6000}'
    values = {"offset_bytes": 0, "total_bytes": len(text), "crc": zlib.crc32(text), "json": text}
    assert bench.ask(protocol.CONFIG_SET, values)[0] == protocol.STORE_FAILED
    assert bench.settings.values == {}
    assert bench.ask(protocol.CLOCK_SET, {"unix_ms": T0_MS})[0] == protocol.OK


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "JSON"),
        ("", "JSON"),
        ("[]", "no keys"),
        ('{"silent_call_ms": 1}', "outside 2000 to 30000"),
        ('{"silent_cal_ms": 5000}', "unknown key"),
        ('{"silent_call_ms": 6000.5}', "whole number"),
    ],
)
def test_a_spoilt_configuration_file_is_told_and_the_default_is_in_force(tmp_path, text, words):
    folder = tmp_path / "unit"
    folder.mkdir()
    (folder / "config.json").write_text(text)
    bench = Bench(folder)
    assert bench.settings.values == {}
    status, hello = bench.ask(protocol.HELLO)
    assert words in hello["problem"]


def test_a_restart_waits_until_the_answer_is_out_and_comes_once(bench):
    assert bench.ask(protocol.REBOOT, {"is_forced": 0}) == (protocol.OK, {})
    assert bench.n_reboots == 0
    for _ in range(20):
        bench.clock.now_ms += 20
        bench.service.poll(bench.clock.now_ms)
    assert bench.n_reboots == 1
    found = [row[0] for row in rows_of(bench.store.read(1, 0, 9999))]
    assert found == [records.SEGMENT, records.BOOT, records.CONFIG]  # written before the restart


def test_the_log_is_too_slow_for_sound(bench):
    """Whatever is thrown at it for an hour: 1 KB a minute, and what was saved up before."""
    values = tuple(range(2**29, 2**29 + 20))
    for _minute in range(60):
        for i in range(300):
            bench.clock.now_ms += 200
            bench.journal.log_event(27, i, 1, values)
            bench.store.sync()
    n_bytes = bench.store.log_bytes
    assert 60 * 1024 <= n_bytes <= 61 * 1024 + BURST_BYTES
    assert bench.store.n_records_lost > 15000
    assert bench.store.n_errors == 0
    data = b"".join(bench.store.read(row[0], 0, row[1]) for row in bench.store.segments())
    seqs = seqs_of(data)
    n_missing = seqs[-1] - seqs[0] + 1 - len(seqs)
    assert 0 <= bench.store.n_records_lost - n_missing <= 300  # every loss shows in the numbers


def test_an_eventful_quarter_of_an_hour_is_kept_whole(bench):
    """The busiest that prompts can be, for 15 minutes: a staged event each 5 s and gaps."""
    for i in range(180):
        bench.clock.now_ms += 5000
        bench.journal.log_event(5, 250 * i, 1, (i % 3 + 1,))
        bench.journal.log_gap(96, records.GAP_FLASH)
        bench.store.sync()
    assert bench.store.n_records_lost == 0
