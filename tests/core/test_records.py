"""Log records: round trip, an independent reader, every flipped bit, torn tails, unknown types."""

import struct
import zlib

import pytest
from callclip.core import events, records
from hypothesis import given
from hypothesis import strategies as st

numbers = st.integers(0, 2**53)
texts = st.text(max_size=40)
signed = st.lists(st.integers(-(2**40), 2**40), max_size=22).map(tuple)

bodies = st.one_of(
    st.tuples(
        st.just(records.SEGMENT),
        st.fixed_dictionaries(
            {"log_id": numbers, "segment": numbers, "boot": numbers, "unix_ms": numbers}
        ),
    ),
    st.tuples(
        st.just(records.BOOT),
        st.fixed_dictionaries(
            {"boot": numbers, "reset_cause": numbers, "firmware": texts, "unit_id": texts}
        ),
    ),
    st.tuples(
        st.just(records.CLOCK),
        st.fixed_dictionaries({"t_frames": numbers, "unix_ms": numbers, "source": numbers}),
    ),
    st.tuples(
        st.just(records.GAP),
        st.fixed_dictionaries({"t_frames": numbers, "lost_ms": numbers, "cause": numbers}),
    ),
    st.tuples(
        st.just(records.EVENT),
        st.fixed_dictionaries(
            {"code": numbers, "t_frames": numbers, "call": numbers, "values": signed}
        ),
    ),
)


def other_reader(data):
    """The page docs/log-format.md in fifteen lines, written without the module under test."""
    at = 0
    while at + 12 <= len(data):
        mark, rtype, n_body, seq = struct.unpack_from("<BBHI", data, at)
        end = at + 8 + n_body
        if mark != 0xC1 or n_body > 500 or end + 4 > len(data):
            return
        if zlib.crc32(data[at:end]) != int.from_bytes(data[end : end + 4], "little"):
            return
        yield at, rtype, seq, data[at + 8 : end]
        at = end + 4


def log_of(rows, first_seq=1):
    packed = [(rtype, records.pack(rtype, values)) for rtype, values in rows]
    return b"".join(
        records.encode(rtype, first_seq + i, body) for i, (rtype, body) in enumerate(packed)
    )


@given(st.lists(bodies, max_size=12), st.integers(0, 2**32 - 20))
def test_a_log_reads_back_as_written(rows, first_seq):
    data = log_of(rows, first_seq)
    scan = records.iterate(data)
    read = [(rtype, seq, records.unpack(rtype, body)) for _at, rtype, seq, body in scan]
    assert read == [(rtype, first_seq + i, values) for i, (rtype, values) in enumerate(rows)]
    assert (scan.fault, scan.end) == (0, len(data))
    assert list(records.iterate(data)) == list(other_reader(data))


@given(st.lists(bodies, min_size=1, max_size=4), st.data())
def test_no_flipped_bit_gets_through(rows, data):
    log = bytearray(log_of(rows))
    whole = list(records.iterate(log))
    bit = data.draw(st.integers(0, 8 * len(log) - 1))
    log[bit // 8] ^= 1 << bit % 8
    scan = records.iterate(log)
    read = list(scan)
    hit = [row for row in whole if row[0] <= bit // 8][-1]
    assert read == whole[: whole.index(hit)]
    assert scan.fault
    assert scan.end == hit[0]


@given(st.lists(bodies, min_size=1, max_size=4), st.data())
def test_a_torn_tail_never_hides_what_stands_before_it(rows, data):
    log = log_of(rows)
    whole = list(records.iterate(log))
    cut = data.draw(st.integers(0, len(log)))
    scan = records.iterate(log[:cut])
    read = list(scan)
    ends = [row[0] for row in whole[1:]] + [len(log)]
    assert read == [row for row, end in zip(whole, ends, strict=True) if end <= cut]
    is_clean = cut == 0 or cut in ends
    assert scan.fault == (0 if is_clean else records.TORN)


@pytest.mark.parametrize("filling", [b"\x00", b"\xff", b"\xc1"])
def test_what_follows_the_log_in_flash_is_no_record(filling):
    log = log_of([(records.CLOCK, {"t_frames": 1, "unix_ms": 2, "source": 1})])
    scan = records.iterate(log + filling * 100)
    assert len(list(scan)) == 1
    assert scan.fault == records.DAMAGED
    assert scan.end == len(log)


def test_unknown_types_are_read_by_their_length():
    log = records.encode(200, 1, b"\x01\x02\x03") + records.encode(records.GAP, 2, b"\x05\x06\x01")
    assert [(rtype, seq) for _at, rtype, seq, _body in records.iterate(log)] == [(200, 1), (5, 2)]


def test_a_newer_version_stops_the_reader_and_says_so():
    newer = bytearray(records.encode(records.GAP, 1, b"\x05\x06\x01"))
    newer[0] = 0xC2
    scan = records.iterate(newer)
    assert list(scan) == []
    assert scan.fault == records.NEWER
    assert "update callclip" in scan.reason


def test_fields_of_a_newer_firmware_behind_the_known_ones_are_ignored():
    body = records.pack(records.GAP, {"t_frames": 300, "lost_ms": 96, "cause": 2}) + b"\x07\x08"
    assert records.unpack(records.GAP, body) == {"t_frames": 300, "lost_ms": 96, "cause": 2}


def test_a_body_that_ends_inside_a_field_is_refused():
    with pytest.raises(ValueError):
        records.unpack(records.CLOCK, b"\x05\x80")


def test_a_body_over_the_limit_is_refused():
    with pytest.raises(ValueError, match="501"):
        records.encode(records.PURGE, 1, bytes(501))


def test_the_longest_event_fits():
    body = records.event(events.CALL_ENDED, 2**30, 2**20, (-(2**30),) * events.MAX_VALUES)
    assert len(body) <= records.MAX_BODY_BYTES


def test_a_busy_minute_stays_under_1_kb():
    """The busiest that prompts can be: a staged sequence each 5 s, a hold and a call's end."""
    t_frames = 20 * 3600 * 50  # late in a day: long varints
    rows = [(events.SILENT_CALL, (i % 3 + 1,)) for i in range(12)]
    rows += [(events.HOLD_STARTED, (0, 0, t_frames)), (events.HOLD_ENDED, (60000,))]
    rows += [(events.CALL_STARTED, (3,)), (events.CALL_ENDED, (t_frames, 1) + (60000,) * 20)]
    n_bytes = sum(
        len(records.encode(records.EVENT, 10**6, records.event(code, t_frames, 900, values)))
        for code, values in rows
    )
    assert n_bytes <= 1024


def test_no_record_type_can_carry_bytes_of_sound():
    """Every field is a number or a short text; PURGE is reserved and never written."""
    for rtype, (name, layout) in records.TYPES.items():
        kinds = {kind for _field, kind in layout}
        assert kinds <= {records.VAR, records.STR, records.ZIGS} or rtype == records.PURGE, name
