"""Framing and messages: round trip, spoilt frames, noise around them, and the unit's answers."""

import struct
import zlib

import pytest
from callclip.core import fields, protocol, session
from callclip.core.keys import KEY_BYTES
from cobs import cobs as other_cobs
from hypothesis import given
from hypothesis import strategies as st

_RANGES = {
    fields.U8: st.integers(0, 2**8 - 1),
    fields.U16: st.integers(0, 2**16 - 1),
    fields.U32: st.integers(0, 2**32 - 1),
    fields.U64: st.integers(0, 2**64 - 1),
    fields.I16: st.integers(-(2**15), 2**15 - 1),
    fields.STR: st.text(max_size=40),
    fields.REST: st.binary(max_size=600),
    fields.B16: st.binary(min_size=16, max_size=16),
    fields.B32: st.binary(min_size=32, max_size=32),
}


def values_of(layout):
    return st.fixed_dictionaries({name: _RANGES[kind] for name, kind in layout})


requests = st.sampled_from(sorted(protocol.MESSAGES)).flatmap(
    lambda mtype: st.tuples(st.just(mtype), values_of(protocol.MESSAGES[mtype][1]))
)
answers = st.sampled_from(sorted(protocol.MESSAGES)).flatmap(
    lambda mtype: st.tuples(st.just(mtype), values_of(protocol.MESSAGES[mtype][2]))
)
ids = st.integers(0, 0xFFFF)


def one_of(messages):
    assert len(messages) == 1
    return messages[0]


@given(requests, ids)
def test_requests_come_back(request, number):
    mtype, values = request
    message = one_of(protocol.Deframer().feed(protocol.request(mtype, number, values)))
    assert (message.level, message.mtype, message.request_id) == (protocol.LEVEL, mtype, number)
    assert protocol.read_request(message) == values


@given(answers, ids)
def test_answers_come_back(answer, number):
    mtype, values = answer
    message = one_of(protocol.Deframer().feed(protocol.answer(mtype, number, values)))
    assert message.mtype == mtype | protocol.ANSWER
    assert protocol.read_answer(message) == (protocol.OK, values)


@given(requests, ids)
def test_a_frame_is_what_an_independent_codec_makes(request, number):
    mtype, values = request
    body = fields.pack(protocol.MESSAGES[mtype][1], values)
    plain = struct.pack("<BBH", protocol.LEVEL, mtype, number) + body
    plain += struct.pack("<I", zlib.crc32(plain))
    assert protocol.request(mtype, number, values) == b"\0" + other_cobs.encode(plain) + b"\0"


@given(requests, ids, st.data())
def test_a_flipped_bit_makes_no_message(request, number, data):
    mtype, values = request
    frame = bytearray(protocol.request(mtype, number, values))
    bit = data.draw(st.integers(8, 8 * (len(frame) - 1) - 1))  # between the two zeros
    frame[bit // 8] ^= 1 << bit % 8
    assert protocol.Deframer().feed(frame) == []


@given(requests, st.data())
def test_a_lost_or_doubled_byte_makes_no_other_message(request, data):
    mtype, values = request
    frame = protocol.request(mtype, 7, values)
    at = data.draw(st.integers(0, len(frame) - 1))
    is_lost = data.draw(st.booleans())
    spoilt = frame[:at] + frame[at + 1 :] if is_lost else frame[: at + 1] + frame[at:]
    for message in protocol.Deframer().feed(spoilt):  # a lost or doubled outer zero does no harm
        assert protocol.read_request(message) == values


@given(st.binary(max_size=400), requests, st.integers(1, 9))
def test_noise_before_a_frame_and_pieces_of_it(noise, request, n_step):
    mtype, values = request
    stream = noise + protocol.request(mtype, 3, values)
    deframer = protocol.Deframer()
    found = []
    for at in range(0, len(stream), n_step):
        found += deframer.feed(stream[at : at + n_step])
    assert protocol.read_request(found[-1]) == values


def test_bytes_one_at_a_time_as_integers():
    deframer = protocol.Deframer()
    found = [m for byte in protocol.request(protocol.HELLO, 1) for m in deframer.feed(byte)]
    assert one_of(found).mtype == protocol.HELLO


def test_endless_garbage_takes_no_memory_and_the_next_frame_is_heard():
    deframer = protocol.Deframer()
    for _ in range(100):
        assert deframer.feed(b"x" * 1000) == []
    assert len(deframer._waiting) <= protocol.MAX_MESSAGE_BYTES + 8
    assert one_of(deframer.feed(protocol.request(protocol.HELLO, 1))).mtype == protocol.HELLO
    assert deframer.n_dropped == 1


@pytest.mark.parametrize("mtype", [t for t in protocol.MESSAGES if t < protocol.NOTE_EVENT])
def test_the_longest_request_fits_the_units_input(mtype):
    sizes = {"json": protocol.CONFIG_PAGE_BYTES, "keys": 4 * KEY_BYTES}
    longest = {
        name: bytes(sizes.get(name) or {fields.B16: 16}.get(kind, 32))
        if kind in (fields.REST, fields.B16, fields.B32)
        else 1
        for name, kind in protocol.MESSAGES[mtype][1]
    }
    body = fields.pack(protocol.MESSAGES[mtype][1], longest)
    assert len(session.seal(bytes(32), mtype, 0xFFFF, body, 1)) <= protocol.MAX_REQUEST_BYTES


def test_the_longest_answer_fits_a_deframer():
    values = {"offset_bytes": 0, "data": b"\x01" * protocol.MAX_PAGE_BYTES}
    frame = protocol.answer(protocol.LOG_READ, 1, values)
    status, read = protocol.read_answer(one_of(protocol.Deframer().feed(frame)))
    assert (status, read) == (protocol.OK, values)


def test_a_request_that_ends_early_names_the_field():
    message = one_of(protocol.Deframer().feed(protocol.frame(protocol.LOG_READ, 1, b"\x01\0\0\0")))
    with pytest.raises(ValueError, match="offset_bytes"):
        protocol.read_request(message)


def test_an_answer_of_a_later_unit_with_more_fields_is_understood():
    known = fields.pack(protocol.MESSAGES[protocol.LIVE_SUBSCRIBE][2], {"period_ms": 200})
    frame = protocol.frame(protocol.LIVE_SUBSCRIBE | protocol.ANSWER, 1, b"\0" + known + b"more")
    message = one_of(protocol.Deframer().feed(frame))
    assert protocol.read_answer(message) == (protocol.OK, {"period_ms": 200})


def test_an_answer_of_an_earlier_unit_with_fewer_fields_is_understood():
    frame = protocol.frame(protocol.HELLO | protocol.ANSWER, 1, b"\0\x03abc")
    message = one_of(protocol.Deframer().feed(frame))
    assert protocol.read_answer(message) == (protocol.OK, {"unit_id": "abc"})


def test_an_error_carries_its_sentence():
    frame = protocol.error(protocol.LOG_READ, 5, protocol.NO_SUCH_SEGMENT, "no segment 9")
    message = one_of(protocol.Deframer().feed(frame))
    assert protocol.read_answer(message) == (protocol.NO_SUCH_SEGMENT, "no segment 9")


@pytest.mark.parametrize("value", [-1, 256])
def test_a_value_that_does_not_fit_is_refused_not_cut(value):
    with pytest.raises(ValueError, match="is_forced"):
        protocol.request(protocol.REBOOT, 1, {"is_forced": value})


def test_no_message_can_carry_sound():
    """Bytes without a name appear only as log records, log pages, segment rows and configuration
    text, new keys, or nonces and hashes; everything else is one named integer or a short text."""
    allowed = {"json", "segments", "data", "record", "keys"}
    random = {"host_nonce", "unit_nonce", "proof", "sha256", "head_tag"}
    for name, request, answer in protocol.MESSAGES.values():
        for field, kind in request + answer:
            assert kind != fields.REST or field in allowed, (name, field)
            assert kind not in (fields.B16, fields.B32) or field in random, (name, field)
            assert kind != fields.ZIGS, (name, field)
