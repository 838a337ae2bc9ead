"""Real speakers: the lines of three free adventure games that Debian carries with all their sound.

    lines("queen:25")   -> [(clip name, samples at 16 kHz), ...] of who is talked to in dialogue 25
    lines("sky:527")    -> the lines of scene 527
    lines("drascula:VB")        -> what von Braun says; "drascula:100-199": the hero, line by line

Flight of the Amazon Queen (MP3, 11 kHz) names each line's dialogue, and whether Joe (J) or somebody
else (P) says it. Beneath a Steel Sky (8 bit, 11 kHz) numbers its lines scene by scene; a scene has
two speakers or three, and the opening's lines lie among its pictures. Drascula (raw 8 bit, 11 kHz)
puts the speaker's letters before the number of a line, and none before the hero's; S is no speaker:
these are its noises. All stop at 5 kHz, as many telephone lines do.
Called by: voices.py. Ref: ScummVM, engines/queen/resource.cpp, engines/sky/disk.cpp,
engines/sky/intro.cpp, engines/drascula/talk.cpp, engines/drascula/sound.cpp.
"""

import functools
import io
import re
import struct

import numpy as np
import soundfile
import soxr

from simulator import sound
from simulator.world import packages, rnc

FOLDER = "usr/share/scummvm"
GAME_RATE_HZ = 11025
SKY_SPEECH = range(50000, 60000)  # file numbers
SKY_HEADER_BYTES = 22
SKY_SOUND = b"\x81\x00"  # how the header of anything but a palette or a sequence begins


def lines(model):
    game, _colon, part = model.partition(":")
    raw = {"queen": _queen, "sky": _sky, "drascula": _drascula}[game](part)
    return [(name, soxr.resample(x, GAME_RATE_HZ, sound.SAMPLE_RATE_HZ)) for name, x in raw]


@functools.cache
def _queen_index():
    """{file name: (offset, size)}; the header is QTBL, version, three flags and a count."""
    path = packages.ROOT / FOLDER / "flight-of-the-amazon-queen/queen.1c"
    data = path.read_bytes()
    (count,) = struct.unpack(">H", data[13:15])
    rows = struct.iter_unpack(">12sBII", data[15 : 15 + 21 * count])
    return path, {name.rstrip(b"\0").decode("ascii"): (at, n) for name, _bundle, at, n in rows}


def _queen(part):
    pattern = r"(JOE.*|....J\d|......J\d)\.SB" if part == "joe" else rf"{part}....P\d\.SB"
    path, index = _queen_index()
    with path.open("rb") as file:
        for name in sorted(index):
            if not re.fullmatch(pattern, name):
                continue
            at, size = index[name]
            file.seek(at)
            samples, rate_hz = soundfile.read(io.BytesIO(file.read(size)), dtype="float64")
            if rate_hz == GAME_RATE_HZ and samples.ndim == 1:
                yield name.split(".")[0].lower(), samples


@functools.cache
def _sky_index():
    """{file number: (offset, size)}; 8 bytes each: number, offset in units, size and flags."""
    folder = packages.ROOT / FOLDER / "beneath-a-steel-sky"
    data = (folder / "sky.dnr").read_bytes()
    out = {}
    for at in range(4, len(data) - 7, 8):
        number, offset = int.from_bytes(data[at : at + 2], "little"), data[at + 2 : at + 5]
        offset = int.from_bytes(offset, "little")
        size = int.from_bytes(data[at + 5 : at + 8], "little") & 0x3FFFFF
        out[number] = ((offset & 0x7FFFFF) << (4 if offset >> 23 else 0), size)
    return folder / "sky.dsk", out


def _sky(part):
    path, index = _sky_index()
    with path.open("rb") as file:
        for number in sorted(index):
            if number not in SKY_SPEECH or number // 100 != int(part):
                continue
            at, size = index[number]
            file.seek(at)
            header = file.read(SKY_HEADER_BYTES)
            if not _is_speech(header):
                continue
            data = rnc.unpacked(file.read(size - SKY_HEADER_BYTES))
            yield str(number), np.frombuffer(data, np.uint8) / 128.0 - 1.0


def _is_speech(header):
    """Of Beneath a Steel Sky: its packer kept the first samples as the header's other words.

    Sound that is silent stands at 128; a picture has zeros there.
    """
    return header[:2] == SKY_SOUND and any(header[2:12])


def _drascula(part):
    folder = packages.ROOT / FOLDER / "drascula" / "en"
    first, _dash, last = part.partition("-")
    if last:
        paths = [folder / f"{n}.ALS" for n in range(int(first), int(last) + 1)]
    else:
        paths = sorted(folder.glob(f"{part}[0-9]*.ALS"))
    for path in paths:
        if path.is_file():
            yield path.stem.lower(), np.frombuffer(path.read_bytes(), np.uint8) / 128.0 - 1.0
