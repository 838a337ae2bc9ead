"""The serial line itself: its rate, and a unit at its end that speaks another protocol level."""

import os
import struct
import termios
import threading
import tty
import zlib

import cobs.cobs as cobs
import pytest
from callclip.core import protocol

from host_tools import serialline
from host_tools.failure import Failure
from host_tools.link import Client
from tests.program import assert_refused, callclip


class Stranger:
    """A pty whose far end answers every request with nothing but OK, at this level."""

    def __init__(self, level):
        self._level = level
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        self.port = os.ttyname(self._slave)
        self._thread = threading.Thread(target=self._answer, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_exception):
        os.write(self._slave, b"\xff")  # wakes the reader for the last time
        self._thread.join()
        os.close(self._master)
        os.close(self._slave)

    @property
    def speed(self):
        return termios.tcgetattr(self._slave)[4:6]

    def _answer(self):
        deframer = protocol.Deframer()
        while True:
            data = os.read(self._master, 4096)
            if data == b"\xff":
                return
            for message in deframer.feed(data):
                head = (self._level, message.mtype | protocol.ANSWER, message.request_id)
                plain = struct.pack("<BBH", *head) + b"\x00"
                plain += struct.pack("<I", zlib.crc32(plain))
                os.write(self._master, b"\x00" + cobs.encode(plain) + b"\x00")


@pytest.mark.parametrize(
    ("level", "remedy"),
    [
        (protocol.LEVEL - 1, "bring the unit up to date with `callclip flash`"),
        (protocol.LEVEL + 1, "bring callclip on this computer up to date"),
    ],
)
@pytest.mark.parametrize("command", ["devices", "check", "pull", "live"])
def test_another_level_says_which_side_to_update(command, level, remedy, tmp_path):
    with Stranger(level) as unit:
        outcome = callclip(command, unit.port, folder=tmp_path)
    assert outcome.exit_code == 3
    words = f"{unit.port}: the unit speaks protocol level {level}, this program {protocol.LEVEL}"
    assert f"{words}; {remedy}" in outcome.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "speed"), [("921600", termios.B921600), ("", termios.B115200), (None, termios.B115200)]
)
def test_the_line_is_opened_at_its_rate(text, speed, monkeypatch):
    if text is None:
        monkeypatch.delenv("CALLCLIP_BAUD", raising=False)
    else:
        monkeypatch.setenv("CALLCLIP_BAUD", text)
    with Stranger(protocol.LEVEL + 1) as unit:
        with pytest.raises(Failure, match="protocol level"), Client(unit.port, timeout_s=60):
            pass
        assert unit.speed == [speed, speed]


@pytest.mark.parametrize("text", ["fast", "-1", "9599", "4000001", "115200.0", "1e6"])
def test_what_is_no_rate_is_refused_before_anything_is_opened(text, monkeypatch):
    monkeypatch.setenv("CALLCLIP_BAUD", text)
    refused = callclip("devices", "/dev/null")
    assert_refused(refused, "CALLCLIP_BAUD", f"'{text}' is no rate", str(serialline.BAUD))
