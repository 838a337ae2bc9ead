"""Log batches and records: round trip, an independent reader, every flipped bit, torn tails,
unknown types, the chain."""

import hashlib
import hmac
import struct
import zlib

import pytest
from callclip.core import batches, chain, events, fields, records
from callclip.core.minute import MINUTE_FRAMES, Minute, unpack
from hypothesis import given
from hypothesis import strategies as st

from tests.logbytes import LogWriter, rows_of

KEY = bytes(range(32))
numbers = st.integers(0, 2**53)
MADE = {
    fields.VAR: numbers,
    fields.STR: st.text(max_size=20),
    fields.ZIGS: st.lists(st.integers(-(2**40), 2**40), max_size=22).map(tuple),
    fields.VARS: st.lists(st.integers(0, 3000), max_size=60).map(tuple),
    fields.B16: st.binary(min_size=16, max_size=16),
}
# LOST takes as many numbers as it says: not more here than a segment can hold.
FEW = {"n_records": st.integers(1, 1000)}


def bodies_of(rtype):
    layout = records.TYPES[rtype][1]
    made = {name: FEW[name] if name in FEW else MADE[kind] for name, kind in layout}
    return st.tuples(st.just(rtype), st.fixed_dictionaries(made))


bodies = st.sampled_from(list(records.TYPES)).flatmap(bodies_of)
some_batches = st.lists(st.lists(bodies, min_size=1, max_size=4), min_size=1, max_size=4)


def other_reader(data, key=KEY):
    """The page docs/log-format.md in twenty lines, written without the modules under test."""
    at = 0
    tag = bytes(16)
    while at < len(data):
        mark, zero, n, seq = struct.unpack_from("<BBHI", data, at)
        end = at + 8 + n
        assert (mark, zero) == (0xC2, 0)
        assert zlib.crc32(data[at : end + 16]) == struct.unpack_from("<I", data, end + 16)[0]
        tag = hmac.new(key, tag + data[at:end], hashlib.sha256).digest()[:16]
        assert data[end : end + 16] == tag
        at += 8
        while at < end:
            rtype, n_body = data[at : at + 2]
            body = data[at + 2 : at + 2 + n_body]
            yield rtype, seq, body
            at += 2 + n_body
            if rtype == 10:
                for shift, byte in enumerate(body):
                    seq += (byte & 127) << 7 * shift
            elif rtype not in (1, 7, 9):
                seq += 1
        at = end + 20


def log_of(groups, first_seq=1):
    writer = LogWriter(KEY, seq=first_seq)
    return b"".join(writer.batch(rows) for rows in groups)


@given(some_batches, st.integers(0, 2**31))
def test_a_log_reads_back_as_written(groups, first_seq):
    data = log_of(groups, first_seq)
    scan = batches.scan(data)
    assert len(list(scan)) == len(groups)
    assert (scan.fault, scan.end) == (0, len(data))
    read = rows_of(data)
    assert read == list(other_reader(data))
    unpacked = [(rtype, records.unpack(rtype, body)) for rtype, _seq, body in read]
    assert unpacked == [row for rows in groups for row in rows]


@given(some_batches, st.data())
def test_no_flipped_bit_gets_through(groups, data):
    log = bytearray(log_of(groups))
    whole = list(batches.scan(bytes(log)))
    bit = data.draw(st.integers(0, 8 * len(log) - 1))
    log[bit // 8] ^= 1 << bit % 8
    scan = batches.scan(log)
    read = list(scan)
    hit = [row for row in whole if row[0] <= bit // 8][-1]
    assert read == whole[: whole.index(hit)]
    assert scan.fault
    assert scan.end == hit[0]


@given(some_batches, st.data())
def test_a_torn_tail_never_hides_what_stands_before_it(groups, data):
    log = log_of(groups)
    whole = list(batches.scan(log))
    cut = data.draw(st.integers(0, len(log)))
    scan = batches.scan(log[:cut])
    read = list(scan)
    ends = [row[0] for row in whole[1:]] + [len(log)]
    assert read == [row for row, end in zip(whole, ends, strict=True) if end <= cut]
    is_clean = cut == 0 or cut in ends
    assert scan.fault == (0 if is_clean else batches.TORN)


CLOCK = (records.CLOCK, {"t_frames": 1, "unix_ms": 2, "source": 1})


@pytest.mark.parametrize("filling", [b"\x00", b"\xff", b"\xc2"])
def test_what_follows_the_log_in_flash_is_no_batch(filling):
    log = log_of([[CLOCK]])
    scan = batches.scan(log + filling * 100)
    assert len(list(scan)) == 1
    assert scan.fault == batches.DAMAGED
    assert scan.end == len(log)


def test_unknown_types_are_read_by_their_length():
    packed = records.encode(200, b"\x01\x02\x03") + records.encode(records.GAP, b"\x05\x06\x01")
    assert [row[1:3] for row in records.iterate(packed, 7)] == [(200, 7), (records.GAP, 8)]


def test_a_newer_version_stops_the_reader_and_says_so():
    newer = bytearray(log_of([[CLOCK]]))
    newer[0] = 0xC3
    scan = batches.scan(newer)
    assert list(scan) == []
    assert scan.fault == batches.NEWER
    assert "update callclip" in scan.reason


def test_records_that_were_lost_take_their_numbers():
    writer = LogWriter(KEY, seq=7)
    data = writer.batch([CLOCK, (records.LOST, {"n_records": 300}), CLOCK])
    assert [seq for _rtype, seq, _body in rows_of(data)] == [7, 8, 308]
    assert writer.seq == 309


def test_fields_of_a_newer_firmware_behind_the_known_ones_are_ignored():
    body = records.pack(records.GAP, {"t_frames": 300, "lost_ms": 96, "cause": 2}) + b"\x07\x08"
    assert records.unpack(records.GAP, body) == {"t_frames": 300, "lost_ms": 96, "cause": 2}


@pytest.mark.parametrize(
    ("rtype", "body"), [(records.CLOCK, b"\x05\x80"), (records.SEGMENT, b"\1\1\1\1\1\1\1\0\0")]
)
def test_a_body_that_ends_inside_a_field_is_refused(rtype, body):
    with pytest.raises(ValueError):
        records.unpack(rtype, body)


@pytest.mark.parametrize("packed", [b"\x06", b"\x06\x05\x01"])
def test_a_batch_that_ends_inside_a_record_is_refused(packed):
    with pytest.raises(ValueError, match="ends inside a record"):
        list(records.iterate(packed))


def test_a_body_over_the_limit_is_refused():
    with pytest.raises(ValueError, match="256"):
        records.encode(records.EVENT, bytes(256))


def test_the_longest_event_fits():
    body = records.event(events.CALL_ENDED, 2**30, 2**20, (-(2**30),) * events.MAX_VALUES)
    assert len(body) <= records.MAX_BODY_BYTES


def minute_of(agent_cdb, line_cdb):
    minute = Minute()
    for i in range(MINUTE_FRAMES):
        assert minute.add(agent_cdb[i % len(agent_cdb)], line_cdb[i % len(line_cdb)]) == (
            i == MINUTE_FRAMES - 1
        )
    return minute.take()


def test_a_minute_of_levels_says_how_long_each_was_how_loud():
    agent, line = unpack(minute_of([-2600, -2600, -7810], [-12000]))
    assert agent == {5: 2000, 15: 1000}
    assert line == {23: 3000}


def test_the_widest_minute_of_levels_fits():
    row = minute_of(range(0, -12001, -100), range(-12000, 1, 100))
    assert sum(unpack(row)[0].values()) == sum(unpack(row)[1].values()) == MINUTE_FRAMES
    assert len(records.pack(records.LEVELS, {"t_frames": 2**30, "counts": row})) <= 110


@pytest.mark.parametrize("row", [(), (1,), (1, 2, 3), (1, 1, 3, 4), (1, 1, 3, 4, 5)])
def test_a_row_of_levels_that_ends_early_is_refused(row):
    with pytest.raises(ValueError, match="ends early"):
        unpack(row)


def test_a_busy_minute_stays_under_1_kb():
    """The busiest that prompts can be: a staged sequence each 5 s, a hold and a call's end, each
    written at once in a batch of its own, and the loudness of the minute."""
    t_frames = 20 * 3600 * 50  # late in a day: long varints
    rows = [(events.SILENT_CALL, (i % 3 + 1,)) for i in range(12)]
    rows += [(events.HOLD_STARTED, (0, 0, t_frames)), (events.HOLD_ENDED, (60000,))]
    rows += [(events.CALL_STARTED, (3,)), (events.CALL_ENDED, (t_frames, 1) + (60000,) * 20)]
    around_bytes = batches.HEAD_BYTES + batches.TAIL_BYTES
    n_bytes = sum(
        around_bytes + len(records.encode(records.EVENT, records.event(code, t_frames, 900, row)))
        for code, row in rows
    )
    assert n_bytes + around_bytes + 110 <= 1024


def test_the_chain_is_hmac_sha256_and_each_key_is_made_of_the_one_before():
    tag = hmac.new(KEY, bytes(16) + b"head" + b"records", hashlib.sha256).digest()[:16]
    assert chain.tag(KEY, chain.START, b"head", b"records") == tag
    ratchet = chain.Ratchet(3, 0, KEY)
    ratchet.renew(2)
    assert (ratchet.epoch, ratchet.seal) == (3, 2)
    assert ratchet.key == chain.next_key(chain.next_key(KEY))
    ratchet.renew(1)
    assert ratchet.seal == 2  # never back


def test_no_record_type_can_carry_bytes_of_sound():
    """Every field is a number, a short text, or the 16 bytes of a chain's tag."""
    for rtype, (name, layout) in records.TYPES.items():
        kinds = {kind for _field, kind in layout}
        allowed = {fields.VAR, fields.STR, fields.ZIGS, fields.VARS}
        if rtype == records.SEGMENT:
            allowed.add(fields.B16)
        assert kinds <= allowed, name
