"""`callclip flash` with the real esptool on a chip that speaks its protocol, to the last byte."""

import json

import pytest

from host_tools import image, partitions
from tests.host.esp_chip import ESP32_REGISTERS, EspChip
from tests.host.esp_files import micropython_bin
from tests.program import callclip

ESP8266_MAGIC = {0x40001000: 0xFFF0C101}
FLASH_OF_2_MB = {0x3FF42080: 0x1540EF}


@pytest.fixture
def esp32_bin(tmp_path):
    path = tmp_path / "esp32.bin"
    path.write_bytes(micropython_bin())
    return path


def test_a_flashed_unit_has_both_pieces_in_place_and_its_file_system_boots(esp32_bin, tmp_path):
    with EspChip() as chip:
        outcome = callclip("flash", chip.port, "--micropython", esp32_bin)
        assert outcome.exit_code == 0, outcome.err
        assert outcome.out.splitlines()[1].split() == [chip.port, "flashed"]
    assert [address for address, _n_bytes in chip.writes] == [0x1000, 0x200000]
    micropython, found = partitions.with_log(esp32_bin.read_bytes(), "esp32.bin")
    assert chip.flash[:0x1000] == b"\xff" * 0x1000
    assert chip.flash[0x1000 : 0x1000 + len(micropython)] == micropython
    vfs, log = tmp_path / "vfs.img", tmp_path / "log.img"
    log_address = partitions.log_of(found).address
    vfs.write_bytes(chip.flash[0x200000:log_address])
    log.write_bytes(chip.flash[log_address:].ljust(partitions.LOG_BYTES, b"\xff"))
    # Compiled for the chip: the virtual unit cannot run these, but their file system is whole.
    files = image.list_files(vfs.read_bytes())
    assert "/main.py" in files and any(path.endswith("/unit.mpy") for path in files)


def test_a_given_image_is_what_arrives(esp32_bin, tmp_path):
    (tmp_path / "desk.toml").write_text("unit_number = 31\n")
    path = tmp_path / "unit.img"
    config = tmp_path / "desk.toml"
    assert callclip("image", "--out", path, "--config", config).exit_code == 0
    with EspChip() as chip:
        words = ["--micropython", esp32_bin, "--image", path]
        assert callclip("flash", chip.port, *words).exit_code == 0
    assert chip.flash[0x200000:] == path.read_bytes()


def test_of_many_units_each_gets_its_own_reason_and_none_stops_the_others(esp32_bin):
    with (
        EspChip() as good,
        EspChip(is_worn=True) as worn,
        EspChip(ESP32_REGISTERS | ESP8266_MAGIC) as other,
        EspChip(ESP32_REGISTERS | FLASH_OF_2_MB) as small,
        EspChip() as also_good,
    ):
        chips = [good, worn, other, small, also_good]
        ports = [chip.port for chip in chips]
        outcome = callclip("flash", *ports, "--micropython", esp32_bin, "--json", timeout_s=120)
    assert outcome.exit_code == 1
    rows = json.loads(outcome.out)
    assert [row["port"] for row in rows] == ports
    assert [row["exit_code"] for row in rows] == [0, 4, 3, 4, 0]
    assert "does not read back" in rows[1]["reason"]
    assert "another kind" in rows[2]["reason"]
    assert "too small" in rows[3]["reason"]
    assert other.writes == small.writes == []
    assert good.flash == also_good.flash
    assert "3 of 5 units were not flashed" in outcome.err


def test_a_dry_run_says_nothing_to_the_chip(esp32_bin):
    with EspChip() as chip:
        outcome = callclip("flash", chip.port, "--micropython", esp32_bin, "--dry-run")
        assert outcome.exit_code == 0
    assert chip.writes == [] and chip.n_packets == 0
