"""Frames by the million, spoilt in every way a line or an enemy can, against both ends.

Three kinds, in turns:
- spoilt on the line: streams of whole frames in which each frame is hit (a bit flipped, a byte set
  anew, put in or lost), fed to the deframer as it runs on both ends. What comes out must be one of
  the frames that went in;
- well framed, body spoilt (the CRC is made anew): to a unit that is open, which must answer each
  with a status that was foreseen, and to the host's readers, which may refuse only with ValueError;
- the same to a unit with keys: no such frame may have an effect or get an OK that needs a role.
Counters: frames_fuzzed, crashes, wrong_accepts. Called by: soak, tests.
"""

import random
import tempfile
import time
from pathlib import Path

import numpy
from callclip.core import fields, protocol, records, roles, session

from benches.soak.unit import Unit

_STREAM_FRAMES = 500
_HARMFUL = (
    protocol.REBOOT,
    protocol.KEYS_SET,
    protocol.UPDATE,
)  # on an open unit they do what they should


def _value(kind, dice):
    if kind == fields.STR:
        return "x" * dice.randrange(20)
    if kind == fields.REST:
        return dice.randbytes(dice.choice((0, 8, 40, 128, 190)))
    if kind in (fields.B16, fields.B32):
        return dice.randbytes(16 if kind == fields.B16 else 32)
    if kind == fields.I16:
        return dice.randrange(-(1 << 15), 1 << 15)
    n_bits = {fields.U8: 8, fields.U16: 16, fields.U32: 32, fields.U64: 64}[kind]
    return dice.getrandbits(n_bits if dice.random() < 0.5 else 3)


def bodies(dice):
    """(type, body) of every request, answer and note there is."""
    out = []
    for mtype, (_name, request, answer) in protocol.MESSAGES.items():
        if not mtype & protocol.NOTE:
            out.append((mtype, fields.pack(request, {n: _value(k, dice) for n, k in request})))
        values = fields.pack(answer, {n: _value(k, dice) for n, k in answer})
        if mtype & protocol.NOTE:
            out.append((mtype, values))
        else:
            out.append((mtype | protocol.ANSWER, b"\x00" + values))
    return out


def spoilt_stream(frames, noise):
    """The frames one behind the other, each of them hit at least once; noise: numpy's Generator."""
    data = numpy.frombuffer(b"".join(frames), dtype=numpy.uint8).copy()
    lengths = numpy.array([len(frame) for frame in frames])
    starts = numpy.cumsum(lengths) - lengths
    hits = starts + noise.integers(0, lengths)
    kind = noise.integers(0, 4, len(frames))
    flipped = hits[kind == 0]
    data[flipped] ^= (1 << noise.integers(0, 8, len(flipped))).astype(numpy.uint8)
    set_anew = hits[kind == 1]
    data[set_anew] = noise.integers(0, 256, len(set_anew))
    put_in = hits[kind == 2]
    lost = hits[kind == 3]
    data = numpy.insert(data, put_in, noise.integers(0, 256, len(put_in)).astype(numpy.uint8))
    shift = numpy.searchsorted(numpy.sort(put_in), lost, side="right")
    return numpy.delete(data, lost + shift).tobytes()


class Frames:
    """One fuzzing run; `counters` as it stands."""

    def __init__(self, folder, seed):
        self.counters = {"frames_fuzzed": 0, "crashes": 0, "wrong_accepts": 0}
        self.findings = []  # what went wrong, in words
        self._dice = random.Random(seed)
        self._noise = numpy.random.default_rng(seed)
        self._open = Unit(Path(folder) / "open")
        self._keyed = Unit(Path(folder) / "keyed")
        self._keyed.give_keys()
        self._session_key = self._dice.randbytes(32)

    def _found(self, counter, words):
        self.counters[counter] += 1
        self.findings.append(words)

    def _bodies(self):
        return bodies(self._dice)

    def on_the_line(self, n_streams):
        """The same frames, spoilt in another way in each stream."""
        frames = []
        kinds = self._bodies()
        for i in range(_STREAM_FRAMES):
            mtype, body = self._dice.choice(kinds)
            if i % 3 == 0:
                frames.append(session.seal(self._session_key, mtype, i, body, i))
            else:
                frames.append(protocol.frame(mtype, i, body))
        known = {bytes(frame[1:-1]) for frame in frames}
        for _ in range(n_streams):
            self._feed(spoilt_stream(frames, self._noise), known)
            self.counters["frames_fuzzed"] += _STREAM_FRAMES

    def _feed(self, stream, known):
        try:
            found = protocol.Deframer().feed(stream)
        except Exception as error:
            self._found("crashes", f"the deframer: {error!r} on {stream.hex()}")
            return
        for message in found:
            again = protocol.frame(message.mtype, message.request_id, message.body, message.level)
            if bytes(again[1:-1]) not in known:
                self._found("wrong_accepts", f"a spoilt frame was taken: {again.hex()}")

    def _spoilt(self, body):
        """A body with something wrong in it."""
        dice = self._dice
        data = bytearray(body)
        kind = dice.randrange(5)
        if kind == 0 and data:
            data[dice.randrange(len(data))] = dice.randrange(256)
        elif kind == 1 and data:
            del data[dice.randrange(len(data)) :]
        elif kind == 2:
            data += dice.randbytes(dice.randrange(1, 12))
        elif kind == 3 and data:
            at = dice.randrange(len(data))
            data[at : at + 4] = b"\xff" * 4
        else:
            data = bytearray(dice.randbytes(dice.randrange(40)))
        return bytes(data)

    def well_framed(self, n_frames):
        """Spoilt bodies to the open unit, and to what reads them on the host."""
        dice = self._dice
        kinds = self._bodies()
        for i in range(n_frames):
            mtype, body = kinds[dice.randrange(len(kinds))]
            body = self._spoilt(body)
            if dice.random() < 0.02:
                mtype = dice.randrange(256)
            if mtype & (protocol.NOTE | protocol.ANSWER):
                self._to_host(mtype, body)
            elif mtype not in _HARMFUL:
                self._to_open_unit(mtype, i & 0xFFFF, body)
        self.counters["frames_fuzzed"] += n_frames

    def _to_open_unit(self, mtype, number, body):
        level = protocol.LEVEL if number % 50 else number & 255
        out = self._answer_of(self._open, protocol.frame(mtype, number, body, level))
        if out is not None and out.body[0] == protocol.FAILED:
            self._found("crashes", f"type {mtype}, body {body.hex()}: {out.body[1:].decode()}")

    def _answer_of(self, unit, frame):
        """The unit's answer to one frame, or None."""
        try:
            found = protocol.Deframer().feed(unit.say(frame))
        except Exception as error:
            self._found("crashes", f"the unit: {error!r} on {frame.hex()}")
            return None
        found = [message for message in found if not message.mtype & protocol.NOTE]
        return found[0] if found else None

    def _to_host(self, mtype, body):
        message = protocol.Message(protocol.LEVEL, mtype, 1, body)
        try:
            if mtype & protocol.NOTE:
                values = protocol.read_note(message)
                for row in records.iterate(values.get("record", b"")):
                    records.unpack(row[1], row[3])
            else:
                protocol.read_answer(message)
        except (ValueError, KeyError):
            pass  # refused: what the callers expect
        except Exception as error:
            self._found("crashes", f"the host: {error!r} on type {mtype}, {body.hex()}")

    def to_a_locked_door(self, n_frames):
        """Requests with seals that nobody made, and without, to a unit with keys."""
        dice = self._dice
        unit = self._keyed
        kinds = [row for row in self._bodies() if not row[0] & (protocol.NOTE | protocol.ANSWER)]
        before = unit.state()
        for i in range(n_frames):
            mtype, body = dice.choice(kinds)
            if dice.random() < 0.5:
                body = self._spoilt(body)
            if i % 2:
                frame = session.seal(self._session_key, mtype, i & 0xFFFF, body, i)
            else:
                frame = protocol.frame(mtype, i & 0xFFFF, body)
            answer = self._answer_of(unit, frame)
            is_ok = answer is not None and answer.body[0] == protocol.OK
            if is_ok and (i % 2 or not roles.is_open(mtype) or mtype == protocol.LOGIN):
                self._found("wrong_accepts", f"without a key: {frame.hex()}")
        if unit.state() != before:
            self._found("wrong_accepts", "the unit with keys was changed without one")
        self.counters["frames_fuzzed"] += n_frames


def run(seconds, seed, on_progress, n_least=0):
    """The counters once the time is over and n_least frames are done."""
    ends = time.monotonic() + seconds
    with tempfile.TemporaryDirectory(prefix="callclip-soak-") as folder:
        fuzz = Frames(folder, seed)
        while True:
            fuzz.on_the_line(38)
            fuzz.well_framed(700)
            fuzz.to_a_locked_door(300)
            done = fuzz.counters["frames_fuzzed"]
            on_progress(f"{done} frames")
            if fuzz.findings or done >= n_least and time.monotonic() >= ends:
                break
    for words in fuzz.findings[:5]:
        on_progress(words)
    return fuzz.counters
