"""Recordings on disk -> the I2S slots the firmware hears.

Out: interleaved 32-bit slots as bytes (left = agent, right = line, 16 kHz, 24-bit samples
left-aligned; a 16-bit sample is shifted left by 16), in blocks of whole 20 ms frames. The last,
incomplete frame is dropped: the unit, too, never hears less than a frame.
16-bit 16 kHz WAV files pass through bit-exact and without numpy; the other depths and formats come
through libsndfile, other rates through soxr. Raises RecordingError, one sentence.
Ref: RFC 3533 (Ogg pages).
Called by: runner.py, the virtual unit's microphone, the CLI.
"""

import os
import stat

from callclip.core.units import FRAME_BYTES, FRAME_MS, FRAME_SAMPLES, SAMPLE_RATE_HZ

from simulator.wavheader import PCM, RecordingError, read_header

LOWEST_RATE_HZ = 4000
HIGHEST_RATE_HZ = 768000
BLOCK_FRAMES = 100
_CHANNEL_WORDS = ("left, agent", "right, line")
_FULL_SCALE = 1 << 23
_OGG_PAGE_MAX_BYTES = 65307
_OGG_LAST_PAGE = 0x04


class Recording:
    """One stereo recording. `blocks()` may be called more than once."""

    def __init__(self, path, rate_hz, n_source_samples, read_blocks):
        self.path = path
        self.rate_hz = rate_hz
        self.n_frames = n_source_samples * SAMPLE_RATE_HZ // rate_hz // FRAME_SAMPLES
        self.notes = []  # what the user should know, complete after blocks() has ended
        self._read_blocks = read_blocks

    @property
    def duration_ms(self):
        return self.n_frames * FRAME_MS

    def blocks(self):
        """Slots as bytes, each block a whole number of frames, n_frames in all at the most."""
        rest = bytearray()
        n_frames_left = self.n_frames
        for block in self._read_blocks(self):
            rest += block
            n_frames = min(len(rest) // FRAME_BYTES, n_frames_left)
            if n_frames:
                yield bytes(rest[: n_frames * FRAME_BYTES])
                del rest[: n_frames * FRAME_BYTES]
                n_frames_left -= n_frames


def open_recording(path):
    """A Recording for the file; raises RecordingError if it cannot be heard as a stereo call."""
    path = os.fspath(path)
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            kind = "a folder" if os.path.isdir(path) else "no regular file"
            raise RecordingError(f"{path}: is {kind}; name a WAV file")
        with open(path, "rb") as file:
            return _recognised(path, file, os.fstat(file.fileno()).st_size)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise RecordingError(
            f"{path}: cannot be read ({reason}); check the path and its rights"
        ) from error


def _recognised(path, file, file_bytes):
    magic = file.read(4)
    if file_bytes == 0:
        raise RecordingError(f"{path}: is empty (0 bytes); record or copy it again")
    if magic in (b"RIFF", b"RF64"):
        header = read_header(file, file_bytes, path)
        _check_layout(path, header.n_channels, header.rate_hz)
        if (header.format_tag, header.n_bits, header.rate_hz) == (PCM, 16, SAMPLE_RATE_HZ):
            n_samples = header.data_bytes // 4
            _check_length(path, n_samples, header.rate_hz)
            return Recording(path, header.rate_hz, n_samples, _direct(header.data_at, n_samples))
    elif magic == b"OggS":
        _check_ogg_end(file, file_bytes, path)
    elif magic != b"fLaC":
        raise RecordingError(
            f"{path}: is not a WAV file, nor FLAC or Ogg (it begins with {magic!r});"
            " convert it to WAV first"
        )
    return _through_sndfile(path)


def _check_layout(path, n_channels, rate_hz):
    if n_channels != 2:
        have = "mono" if n_channels == 1 else f"a recording of {n_channels} channels"
        raise RecordingError(
            f"{path}: is {have}; callclip needs two channels, left the agent and right the line"
        )
    if not LOWEST_RATE_HZ <= rate_hz <= HIGHEST_RATE_HZ:
        raise RecordingError(
            f"{path}: the sample rate of {rate_hz} Hz cannot be resampled; allowed is"
            f" {LOWEST_RATE_HZ} to {HIGHEST_RATE_HZ} Hz, best {SAMPLE_RATE_HZ} Hz"
        )


def _check_length(path, n_samples, rate_hz):
    if n_samples * SAMPLE_RATE_HZ // rate_hz < FRAME_SAMPLES:
        have = "is empty" if n_samples == 0 else f"holds only {n_samples} samples a channel"
        raise RecordingError(f"{path}: {have}, at least one frame of {FRAME_MS} ms is needed")


def _check_ogg_end(file, file_bytes, path):
    """The last Ogg page must be whole and say that it is the last; libsndfile does not look."""
    file.seek(max(0, file_bytes - _OGG_PAGE_MAX_BYTES))
    tail = file.read()
    page = tail[tail.rfind(b"OggS") :]
    n_segments = page[26] if len(page) > 26 else 0
    n_promised = 27 + n_segments + sum(page[27 : 27 + n_segments])
    if len(page) < max(n_promised, 27) or not page[5] & _OGG_LAST_PAGE:
        raise RecordingError(
            f"{path}: is truncated, the Ogg stream has no end; copy the recording again"
        )


def _direct(data_at, n_samples):
    """Reader of 16-bit stereo samples at 16 kHz: every sample into the upper half of its slot."""

    def read_blocks(recording):
        n_left = n_samples * 4
        with open(recording.path, "rb") as file:
            file.seek(data_at)
            while n_left:
                samples = file.read(min(n_left, BLOCK_FRAMES * FRAME_BYTES // 2))
                if not samples:
                    raise RecordingError(f"{recording.path}: became shorter while it was read")
                n_left -= len(samples)
                slots = bytearray(2 * len(samples))
                slots[2::4] = samples[0::2]
                slots[3::4] = samples[1::2]
                yield slots

    return read_blocks


def _through_sndfile(path):
    import soundfile

    try:
        info = soundfile.info(path)
    except soundfile.LibsndfileError as error:
        raise RecordingError(
            f"{path}: cannot be decoded ({error.error_string.rstrip('.').lower()});"
            " convert it to 16-bit WAV first"
        ) from error
    _check_layout(path, info.channels, info.samplerate)
    _check_length(path, info.frames, info.samplerate)
    is_pcm = info.subtype.startswith("PCM_") and info.samplerate == SAMPLE_RATE_HZ
    reader = _whole_numbers if is_pcm else _floats
    return Recording(path, info.samplerate, info.frames, reader)


def _decoded(recording, dtype):
    """Blocks of (n, 2) arrays; raises if the file holds fewer samples than it promises."""
    import soundfile

    n_read = 0
    try:
        with soundfile.SoundFile(recording.path) as file:
            n_promised = file.frames
            n_block = file.samplerate * BLOCK_FRAMES * FRAME_MS // 1000
            while n_read < n_promised:
                block = file.read(n_block, dtype=dtype, always_2d=True)
                if not len(block):
                    break
                yield n_read, block
                n_read += len(block)
    except soundfile.LibsndfileError as error:
        raise RecordingError(
            f"{recording.path}: cannot be decoded after sample {n_read}"
            f" ({error.error_string.rstrip('.').lower()}); copy the recording again"
        ) from error
    if n_read < n_promised:
        raise RecordingError(
            f"{recording.path}: is truncated, it promises {n_promised} samples a channel and"
            f" {n_read} are there; copy the recording again"
        )


def _whole_numbers(recording):
    """PCM of any depth at 16 kHz: libsndfile left-aligns it in 32 bits, the microphone keeps 24."""
    for _at, block in _decoded(recording, "int32"):
        yield (block & -256).astype("<i4").tobytes()


def _floats(recording):
    """Float samples and other rates: checked, resampled, rounded to 24 bits, clipped."""
    resampler = None
    if recording.rate_hz != SAMPLE_RATE_HZ:
        import soxr

        resampler = soxr.ResampleStream(recording.rate_hz, SAMPLE_RATE_HZ, 2, "float32", "HQ")
    n_over = 0
    for at, block in _decoded(recording, "float32"):
        _check_finite(recording, at, block)
        n_over += int((abs(block) > 1.0).sum())
        yield _slots_from_floats(resampler.resample_chunk(block) if resampler else block)
    if resampler:
        import numpy

        last = resampler.resample_chunk(numpy.zeros((0, 2), "float32"), last=True)
        yield _slots_from_floats(last)
    if n_over:
        recording.notes.append(
            f"{recording.path}: {n_over} samples lie above full scale and were clipped to it"
        )


def _check_finite(recording, at, block):
    import numpy

    bad = numpy.argwhere(~numpy.isfinite(block))
    if len(bad):
        sample, channel = int(bad[0][0]), int(bad[0][1])
        raise RecordingError(
            f"{recording.path}: sample {at + sample} of channel {channel + 1}"
            f" ({_CHANNEL_WORDS[channel]}) at {(at + sample) / recording.rate_hz:.3f} s is"
            f" {block[sample, channel]}, not a number; export the recording again"
        )


def _slots_from_floats(block):
    import numpy

    scaled = numpy.rint(block.astype("float64") * _FULL_SCALE)
    whole = numpy.clip(scaled, -_FULL_SCALE, _FULL_SCALE - 1).astype("<i4")
    return (whole << 8).tobytes()
