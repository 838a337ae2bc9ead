"""Recordings: good ones arrive bit-exact, bad ones get one sentence and leave nothing behind."""

import numpy as np
import pytest

from simulator.recording import open_recording
from tests.program import assert_refused, callclip
from tests.sim.recordings import patched, slots_of, two_voices, write

RATE_AT = 24  # offsets in the header that libsndfile writes
DATA_BYTES_AT = 40


def slots(path):
    return b"".join(open_recording(path).blocks())


def test_16_bit_samples_arrive_bit_exact_and_the_incomplete_frame_is_dropped(tmp_path):
    samples = two_voices(3 * 16000 + 319)
    samples[:4] = [[-32768, 32767], [32767, -32768], [-1, 1], [0, -1]]
    path = write(tmp_path / "call.wav", samples)
    assert slots(path) == slots_of(samples)
    assert open_recording(path).n_frames == 150


def test_blocks_can_be_read_twice(tmp_path):
    recording = open_recording(write(tmp_path / "call.wav", two_voices(64000)))
    assert list(recording.blocks()) == list(recording.blocks())


@pytest.mark.parametrize("subtype", ["PCM_24", "PCM_32", "FLOAT", "DOUBLE"])
def test_deeper_samples_of_the_same_sound_give_the_same_slots(tmp_path, subtype):
    samples = two_voices(16000)
    is_float = subtype in ("FLOAT", "DOUBLE")
    deep = samples / 32768 if is_float else samples.astype(np.int32) << 16
    assert slots(write(tmp_path / "call.wav", deep, subtype=subtype)) == slots_of(samples)


def test_flac_gives_the_same_slots(tmp_path):
    samples = two_voices(16000)
    assert slots(write(tmp_path / "call.flac", samples)) == slots_of(samples)


def test_24_bit_samples_keep_all_24_bits_and_no_more(tmp_path):
    samples = np.array([[0x123456, -0x123456]] * 320, np.int32) << 8
    got = np.frombuffer(slots(write(tmp_path / "c.wav", samples, subtype="PCM_24")), "<i4")
    assert (got == samples.reshape(-1)).all()
    got = np.frombuffer(slots(write(tmp_path / "d.wav", samples | 0xFF, subtype="PCM_32")), "<i4")
    assert (got == samples.reshape(-1)).all()


@pytest.mark.parametrize("rate_hz", [8000, 11025, 44100, 48000])
def test_other_rates_are_resampled_with_pitch_level_and_length_kept(tmp_path, rate_hz):
    t = np.arange(2 * rate_hz) / rate_hz
    tone = 0.5 * np.sin(2 * np.pi * 1000 * t)
    path = write(tmp_path / "call.wav", np.stack([tone, tone / 2], 1), rate_hz)
    got = np.frombuffer(slots(path), "<i4").reshape(-1, 2) / 2**31
    assert len(got) == 2 * 16000
    middle = got[8000:24000]
    spectrum = np.abs(np.fft.rfft(middle[:, 0]))
    assert np.argmax(spectrum) == 1000
    assert np.std(middle, axis=0) == pytest.approx([0.35355, 0.17678], rel=0.002)


def test_a_stream_without_a_length_is_read_to_its_end(tmp_path):
    samples = two_voices(16000)
    whole = write(tmp_path / "whole.wav", samples)
    stream = patched(tmp_path / "stream.wav", whole, DATA_BYTES_AT, "<I", 0xFFFFFFFF)
    assert slots(stream) == slots_of(samples)


def test_samples_over_full_scale_are_clipped_and_told(tmp_path):
    loud = np.full((16000, 2), 0.5, np.float32)
    loud[100] = [1.5, -3.0]
    recording = open_recording(write(tmp_path / "call.wav", loud, subtype="FLOAT"))
    got = np.frombuffer(b"".join(recording.blocks()), "<i4").reshape(-1, 2)
    assert list(got[100]) == [0x7FFFFF00, -0x80000000]
    assert recording.notes and "2 samples" in recording.notes[0]


def _nan(tmp_path, value):
    samples = np.zeros((16000, 2), np.float32)
    samples[12345, 1] = value
    return write(tmp_path / "call.wav", samples, subtype="FLOAT")


def _cut(path, n_bytes):
    path.write_bytes(path.read_bytes()[:n_bytes])
    return path


def _bytes(tmp_path, data):
    path = tmp_path / "call.wav"
    path.write_bytes(data)
    return path


def _ogg(tmp_path):
    return write(tmp_path / "f.ogg", two_voices(160000) / 32768, subtype="VORBIS")


def _good(tmp_path):
    return write(tmp_path / "good.wav", two_voices(16000))


BAD = {
    "missing": (lambda tmp: tmp / "none.wav", ["no such file"]),
    "under a file": (lambda tmp: _good(tmp) / "x.wav", ["not a directory"]),
    "a folder": (lambda tmp: tmp, ["is a folder"]),
    "nothing in it": (lambda tmp: _bytes(tmp, b""), ["is empty (0 bytes)"]),
    "text": (lambda tmp: _bytes(tmp, b"hello, this is a text"), ["is not a WAV file", "hell"]),
    "another RIFF": (lambda tmp: _bytes(tmp, b"RIFF\4\0\0\0AVI "), ["is not a WAV file"]),
    "header only": (lambda tmp: _cut(_good(tmp), 40), ["ends before its samples"]),
    "half a header": (lambda tmp: _cut(_good(tmp), 20), ["header is damaged"]),
    "mono": (
        lambda tmp: write(tmp / "m.wav", two_voices(16000)[:, 0]),
        ["is mono", "two channels"],
    ),
    "three channels": (
        lambda tmp: write(tmp / "t.wav", np.zeros((16000, 3), np.int16)),
        ["3 channels"],
    ),
    "no samples": (lambda tmp: write(tmp / "e.wav", two_voices(0)), ["is empty"]),
    "under a frame": (lambda tmp: write(tmp / "e.wav", two_voices(319)), ["only 319 samples"]),
    "rate 0": (lambda tmp: patched(tmp / "r.wav", _good(tmp), RATE_AT, "<I", 0), ["rate of 0 Hz"]),
    "rate absurd": (
        lambda tmp: patched(tmp / "r.wav", _good(tmp), RATE_AT, "<I", 2_000_000_000),
        ["rate of 2000000000 Hz", "4000 to 768000 Hz"],
    ),
    "truncated": (lambda tmp: _cut(_good(tmp), 5044), ["promises 64000", "5000 are there"]),
    "truncated float": (
        lambda tmp: _cut(write(tmp / "f.wav", two_voices(16000) / 32768, subtype="FLOAT"), 5000),
        ["is truncated"],
    ),
    "truncated FLAC": (
        lambda tmp: _cut(write(tmp / "f.flac", two_voices(160000)), 200_000),
        ["f.flac", "copy the recording again"],
    ),
    "truncated Ogg": (
        lambda tmp: _cut(
            write(tmp / "f.ogg", two_voices(160000) / 32768, subtype="VORBIS"), 30_000
        ),
        ["is truncated"],
    ),
    "not closed": (
        lambda tmp: patched(tmp / "z.wav", _good(tmp), DATA_BYTES_AT, "<I", 0),
        ["says 0 bytes", "64000 follow", "sox"],
    ),
    "NaN": (lambda tmp: _nan(tmp, np.nan), ["sample 12345", "channel 2", "nan"]),
    "infinity": (lambda tmp: _nan(tmp, np.inf), ["sample 12345", "line", "inf"]),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_recording_gets_one_sentence_and_leaves_no_file(tmp_path, name):
    make, parts = BAD[name]
    source = tmp_path / "in"
    source.mkdir()
    out = tmp_path / "out"
    out.mkdir()
    path = make(source)
    targets = ["--events", out / "e.jsonl", "--frames", out / "f.csv", "--plot", out / "p.png"]
    outcome = callclip("sim", "run", path, *targets)
    assert_refused(outcome, path, *parts)
    assert list(out.iterdir()) == []
