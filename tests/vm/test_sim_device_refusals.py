"""What `callclip sim device` says to input it cannot use."""

import pytest

from tests.program import assert_refused, callclip


def test_a_recording_that_is_not_there(tmp_path):
    outcome = callclip("sim", "device", "--wav", tmp_path / "none.wav")
    assert_refused(outcome, "none.wav", "cannot be read")


def test_an_image_that_is_not_there(tmp_path):
    outcome = callclip("sim", "device", "--image", tmp_path / "none.img")
    assert_refused(outcome, "none.img", "no such file")


def test_an_image_without_a_file_system(tmp_path):
    path = tmp_path / "blank.img"
    path.write_bytes(b"\xff" * 8192)
    assert_refused(callclip("sim", "device", "--image", path), path, "no LittleFS")
    assert path.read_bytes() == b"\xff" * 8192


@pytest.mark.parametrize("press", ["12", "a:b", "1000:", ":5", "-1:5"])
def test_a_press_that_is_none(press):
    outcome = callclip("sim", "device", "--press", press)
    assert_refused(outcome, "--press", press, "12000:200")


def test_signals_that_cannot_be_written(tmp_path):
    outcome = callclip("sim", "device", "--signals", tmp_path / "no" / "folder.jsonl")
    assert_refused(outcome, "folder.jsonl", "cannot be written")


@pytest.mark.parametrize("speed", ["-1", "fast"])
def test_a_speed_that_is_none(speed):
    assert_refused(callclip("sim", "device", "--speed", speed), "--speed")


@pytest.mark.parametrize("unit_id", ["7", "02c1a55e770g", "02c1a55e77011"])
def test_an_id_that_is_none(unit_id):
    outcome = callclip("sim", "device", "--unit-id", unit_id)
    assert_refused(outcome, "--unit-id", unit_id, "12 hex digits")
