"""The virtual unit driven by a client that was written from docs/protocol.md alone."""

import json
import os
import random
import struct
import time
import zlib
from pathlib import Path

import pytest

from simulator.device import UNIQUE_ID, VirtualUnit
from tests.host.desk import Desk
from tests.host.stranger import Stranger, event_of, records_of, stuffed, text, var

CALL = Path(__file__).resolve().parents[2] / "simulator/recordings/calls/silent_call.opus"

GIVEN = {"unit_number": 17, "silent_call_ms": 6000}


@pytest.fixture(scope="module")
def unit():
    with VirtualUnit(speed=20) as unit:
        yield unit


@pytest.fixture
def client(unit):
    client = Stranger(unit.port)
    yield client
    client.close()


def test_hello_after_the_boot_text(client):
    found = client.hello()
    assert found["unit_id"] == UNIQUE_ID
    assert found["micropython"].startswith("1.")
    time.sleep(0.1)
    later = client.hello()
    assert later["uptime_ms"] > found["uptime_ms"]
    assert later["n_frames"] > found["n_frames"]


def test_sets_the_clock_and_finds_it_in_the_log(client):
    status, body = client.ask(3, struct.pack("<Q", 1790000000000))
    assert status == 0
    is_known, unix_ms, t_frames, boot = struct.unpack("<BQII", body)
    assert is_known == 1
    assert 0 <= unix_ms - 1790000000000 < 2000
    clocks = [r for _number, data in client.log() for r in records_of(data) if r[0] == 3]
    at_frames, at = var(clocks[-1][2], 0)
    anchor_ms, _at = var(clocks[-1][2], at)
    assert abs(at_frames - t_frames) <= 2
    assert abs(anchor_ms - 1790000000000) <= 40
    assert boot == client.hello()["boot"]


def test_a_clock_out_of_this_century_is_refused(client):
    status, sentence = client.ask(3, struct.pack("<Q", 12345))
    assert status == 2
    assert b"2020" in sentence


def test_gives_a_configuration_in_pages_and_restarts(client):
    boot = client.hello()["boot"]
    sent = json.dumps(GIVEN).encode()
    for at in range(0, len(sent), 20):
        head = struct.pack("<HHI", at, len(sent), zlib.crc32(sent))
        status, body = client.ask(5, head + sent[at : at + 20])
        assert status == 0
    assert struct.unpack("<HBB", body) == (len(sent), 1, 0)
    assert client.ask(12, b"\0") == (0, b"")
    ends = time.monotonic() + 15
    while client.hello()["boot"] == boot:
        assert time.monotonic() < ends
    held = b""
    while True:
        status, body = client.ask(4, struct.pack("<H", len(held)))
        total, crc, is_in_force = struct.unpack_from("<HIB", body)
        held += body[7:]
        if len(held) >= total:
            break
    assert is_in_force == 1
    assert zlib.crc32(held) == crc
    assert GIVEN.items() <= json.loads(held).items()
    assert client.hello()["unit_number"] == 17


@pytest.mark.parametrize(
    ("sent", "status", "words"),
    [
        (b'{"silent_call_ms":100}', 4, b"silent_call_ms: 100 is outside 2000 to 30000"),
        (b'{"silent_cal_ms":5000}', 4, b"silent_cal_ms: unknown key"),
        (b'{"silent_call_ms":5e3}', 4, b"whole number"),
        (b"[1]", 2, b"object"),
        (b"{", 2, b"JSON"),
        (b"\xff{}", 2, b"UTF-8"),
        (b'{"a":1}}', 2, b"JSON"),
        (b'{"silent_call_ms":99999999999999999999}', 4, b"outside"),
        (b'{"silent_call_ms":null}', 4, b"whole number"),
    ],
)
def test_a_wrong_configuration_is_refused_whole(client, sent, status, words):
    before = client.ask(4, b"\0\0")
    head = struct.pack("<HHI", 0, len(sent), zlib.crc32(sent))
    got, sentence = client.ask(5, head + sent)
    assert got == status
    assert words in sentence
    assert client.ask(4, b"\0\0") == before


def test_a_configuration_with_a_wrong_crc_is_refused(client):
    assert client.ask(5, struct.pack("<HHI", 0, 2, 1) + b"{}")[0] == 2


def test_live_notes_come_and_stop(client):
    status, body = client.ask(10, struct.pack("<H", 100))
    assert (status, body) == (0, struct.pack("<H", 100))
    ends = time.monotonic() + 10
    while len(client.notes) < 6 and time.monotonic() < ends:
        client.hello()
    notes = client.notes[:]
    assert client.ask(10, b"\0\0") == (0, b"\0\0")
    client.notes.clear()
    assert {kind for kind, _body in notes} == {0x42}
    heard = [struct.unpack_from("<I", body)[0] for _kind, body in notes]
    # 100 ms are 5 frames; on a busy computer the unit may hear some late and skip a note, or be
    # asked before it has heard its first one.
    frames = [frame for frame in heard if frame]
    assert len(frames) >= 4 and (frames[-1] - frames[0]) / (len(frames) - 1) >= 4.5
    levels = struct.unpack_from("<hhhh", notes[-1][1], 9)
    assert all(-12000 <= level_cdb < -5000 for level_cdb in levels)  # a quiet room
    time.sleep(0.2)
    client.hello()
    assert client.notes == []


def test_self_test_identify_and_errors(client):
    status, body = client.ask(9)
    assert status == 0
    values = struct.unpack_from("<hhhhBBBBBII", body)
    assert values[4:9] == (1, 1, 1, 1, 1)
    assert client.ask(11, struct.pack("<H", 200)) == (0, b"")
    assert client.ask(0x1F)[0] == 1
    assert client.ask(7, b"\x01\0\0\0") == (2, b"the body ends before offset_bytes")
    status, sentence = client.ask(7, struct.pack("<IIIH", 999, 0, 10, 10))
    assert (status, sentence) == (5, b"no segment 999")


@pytest.mark.parametrize("offset_bytes", [5000, 2**31 - 1, 2**31, 2**32 - 1])
def test_behind_the_end_of_a_segment_there_is_nothing(client, offset_bytes):
    number, _data = client.log()[0]
    asked = struct.pack("<II", number, offset_bytes)
    assert client.ask(7, asked + struct.pack("<IH", 16, 16)) == (0, asked[4:])
    status, sentence = client.ask(8, asked)
    assert (status, sentence[:7]) == (2, b"segment")


def test_bodies_of_any_bytes_are_answered(client):
    """What CPython forgives the 32-bit VM may not: no answer is an unforeseen failure there."""
    dice = random.Random(7)
    for _ in range(200):
        mtype = dice.choice((1, 2, 3, 4, 5, 6, 7, 8, 9, 0x0E, 0x0F, 0x11, 0x12, 0x1F))
        status, sentence = client.ask(mtype, dice.randbytes(dice.randrange(30)))
        assert status != 8, (mtype, sentence)


def test_events_of_a_desk_are_read_from_its_log(tmp_path):
    with Desk(tmp_path / "unit", 30) as desk:
        client = Stranger(desk.port)
        segments = client.log()
        client.close()
    found = [
        event_of(body)
        for _number, data in segments
        for rtype, _seq, body in records_of(data)
        if rtype == 6
    ]
    assert found == [(5, 50 * i, i // 3 + 1, (i % 3 + 1,)) for i in range(30)]


def test_a_lost_configuration_page_is_named(client):
    status, sentence = client.ask(5, struct.pack("<HHI", 3000, 4000, 1) + b"{}")
    assert status == 2
    assert b"expected" in sentence


def frame_of(level, mtype, number, body=b""):
    plain = struct.pack("<BBH", level, mtype, number) + body
    return b"\0" + stuffed(plain + struct.pack("<I", zlib.crc32(plain))) + b"\0"


def test_another_level_is_answered_with_the_units_own(client):
    client.hello()
    os.write(client.fd, frame_of(1, 1, 77))
    ends = time.monotonic() + 3
    found = []
    while not found and time.monotonic() < ends:
        found = list(client.frames(0.1))
    assert struct.unpack_from("<BBHB", found[0]) == (2, 0x81, 77, 3)
    assert b"level 2" in found[0]


def test_an_echo_of_its_own_answers_is_not_answered(client):
    client.hello()
    for mtype in (0x81, 0x86, 0xA6, 0x41, 0x42):
        os.write(client.fd, frame_of(2, mtype, 5, b"\0"))
    assert list(client.frames(0.3)) == []
    client.hello()


def test_a_call_is_not_cut_by_a_restart_unless_forced():
    with VirtualUnit(wav=CALL, speed=4) as unit:
        client = Stranger(unit.port)
        ends = time.monotonic() + 20
        while call_state(client) in (0, 1):
            assert time.monotonic() < ends
        boot = client.hello()["boot"]
        assert client.ask(12, b"\0") == (7, b"a call is going on")
        assert client.ask(12, b"\1") == (0, b"")
        while client.hello()["boot"] == boot:
            assert time.monotonic() < ends
        client.close()


def call_state(client):
    body = text(client.ask(1)[1])[1][4:]
    for _ in range(3):
        body = text(body)[1]
    return struct.unpack_from("<IQ8IBBB", body)[-1]


def test_a_view_that_asks_nothing_for_a_minute_is_forgotten():
    with VirtualUnit(wav=[CALL] * 3, speed=20) as unit:  # a minute takes 3 s
        client = Stranger(unit.port)
        started_ms = client.hello()["uptime_ms"]
        client.ask(10, struct.pack("<H", 1000))
        last = []
        heard = time.monotonic()
        while time.monotonic() - heard < 1:
            for plain in client.frames(0.1):
                heard = time.monotonic()
                last = plain if plain[1] == 0x42 else last
        lasted_ms = 20 * struct.unpack_from("<I", last, 4)[0] - started_ms
        assert 55000 < lasted_ms < 65000
        client.close()


KEYS = bytes(range(128))  # of it, supervisor, agent, and the log's chain


def key_of(role):
    return KEYS[32 * role - 32 : 32 * role]


def test_gives_keys_and_each_role_logs_in_by_the_page(tmp_path):
    with Desk(tmp_path / "unit", 30) as desk:
        client = Stranger(desk.port)
        assert client.give_keys(1, KEYS) == 0
        assert client.ask(6, b"\0\0\0\0")[0] == 9
        assert client.ask(1)[0] == 0
        for role in (1, 2, 3):
            assert client.log_in(role, key_of(role)) == 0
            assert len(client.log()) > 0
            assert client.ask(9)[0] == (0 if role == 1 else 10)  # SELF_TEST: it alone
        assert client.log_in(2, key_of(1)) == 11
        client.close()


def test_renews_keys_by_the_page(tmp_path):
    with Desk(tmp_path / "unit", 3) as desk:
        client = Stranger(desk.port)
        assert client.give_keys(1, KEYS) == 0
        assert client.log_in(1, key_of(1)) == 0
        assert client.give_keys(2, KEYS[::-1]) == 0
        assert client.log_in(1, key_of(1)) == 11
        assert client.log_in(1, KEYS[::-1][:32]) == 0
        client.close()


def test_what_was_recorded_does_not_play_again(tmp_path):
    """The very bytes of a session, sent once more: the clock stays as it is, nobody answers."""
    with Desk(tmp_path / "unit", 3) as desk:
        client = Stranger(desk.port)
        assert client.give_keys(1, KEYS) == 0
        assert client.log_in(1, key_of(1)) == 0
        set_clock = struct.pack("<Q", 1790000000000)
        recorded = client.frame(3, set_clock)
        assert client.ask(3, struct.pack("<Q", 1800000000000))[0] == 0
        os.write(client.fd, recorded)  # its counter is used up
        assert list(client.frames(0.3)) == []
        status, body = client.ask(2)
        assert struct.unpack_from("<BQ", body)[1] >= 1800000000000
        client.close()
