"""The header of a WAV file (RIFF, RF64): what it promises, held against what the file has.

libsndfile reads a cut-off or half-written file in silence; a call that is half there must not be
judged as if it were whole. So the header is read here first.
In: an open binary file and its size. Out: WavHeader. Raises RecordingError, one sentence.
Called by: recording.py.  Ref: RIFF/WAVE (Microsoft, 1991); EBU Tech 3306 (RF64).
"""

import struct
from dataclasses import dataclass

PCM = 0x0001
EXTENSIBLE = 0xFFFE
UNKNOWN_BYTES = 0xFFFFFFFF  # a program that writes into a pipe cannot know the length


class RecordingError(ValueError):
    """A recording that cannot be used; the text is one sentence with place, value and remedy."""


@dataclass(frozen=True)
class WavHeader:
    """Sample format and the place of the samples in the file."""

    format_tag: int
    n_channels: int
    rate_hz: int
    n_bits: int
    data_at: int
    data_bytes: int


def read_header(file, file_bytes, path):
    """Walk the chunks up to the samples. Raises RecordingError if the file is not whole."""
    file.seek(0)
    head = file.read(12)
    if len(head) < 12 or head[8:12] != b"WAVE":
        raise RecordingError(f"{path}: is not a WAV file (a RIFF file of another kind)")
    real_data_bytes = None
    layout = None
    at = 12
    while True:
        file.seek(at)
        chunk = file.read(8)
        if len(chunk) < 8:
            raise _no_samples(path, layout)
        name, n_bytes = struct.unpack("<4sI", chunk)
        if name == b"ds64":
            real_data_bytes = struct.unpack("<Q", file.read(16)[8:16].ljust(8, b"\0"))[0]
        elif name == b"fmt ":
            layout = _layout(file.read(n_bytes), path)
        elif name == b"data":
            if layout is None:
                raise RecordingError(
                    f"{path}: the samples come before their format, so the header is damaged;"
                    " save the recording again as WAV"
                )
            if n_bytes == UNKNOWN_BYTES and real_data_bytes is not None:
                n_bytes = real_data_bytes
            return WavHeader(*layout, at + 8, _data_bytes(n_bytes, file_bytes - at - 8, path))
        at += 8 + n_bytes + (n_bytes & 1)


def _no_samples(path, layout):
    missing = "samples" if layout else "format"
    return RecordingError(
        f"{path}: the WAV file ends before its {missing}; record or copy it again"
    )


def _layout(body, path):
    if len(body) < 16:
        raise RecordingError(f"{path}: the WAV header is damaged; save the recording again as WAV")
    tag, n_channels, rate_hz, _rate, _align, n_bits = struct.unpack("<HHIIHH", body[:16])
    if tag == EXTENSIBLE and len(body) >= 26:
        tag = struct.unpack("<H", body[24:26])[0]
    return tag, n_channels, rate_hz, n_bits


def _data_bytes(promised_bytes, there_bytes, path):
    if promised_bytes == UNKNOWN_BYTES:
        return there_bytes
    if promised_bytes == 0 and there_bytes > 0:
        raise RecordingError(
            f"{path}: the header says 0 bytes of samples but {there_bytes} follow, so the recording"
            " was not closed; repair it, for example with sox --ignore-length"
        )
    if promised_bytes > there_bytes:
        raise RecordingError(
            f"{path}: is truncated, the header promises {promised_bytes} bytes of samples and"
            f" {there_bytes} are there; copy the recording again"
        )
    return promised_bytes
