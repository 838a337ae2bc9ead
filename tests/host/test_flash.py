"""`callclip flash`: what it reads from a .bin, what it would write, and the real esptool's word.

The .bin files are made here; no chip is needed to see that esptool takes the arguments.
"""

import json
import subprocess
import sys

import pytest

from host_tools import espimage, image, partitions, romfs
from host_tools.cmd_flash import arguments, reason_in
from host_tools.failure import Failure
from tests.host.esp_files import ESP32, ESP32C3, ESP32S3, STANDARD_TABLE, micropython_bin
from tests.program import assert_refused, callclip

NO_PORT = "/dev/callclip-no-such-port"
ALL_FLASH = ("factory", 0, 0, 0x10000, 0x3F0000)
ROMFS_TABLE = (*STANDARD_TABLE[:3], ("romfs", 1, 0x8F, 0x200000, romfs.PARTITION_BYTES))


@pytest.fixture
def esp32_bin(tmp_path):
    path = tmp_path / "esp32.bin"
    path.write_bytes(micropython_bin())
    return path


def _esptool(*words):
    command = [sys.executable, "-m", "esptool", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize(
    "chip_id, chip, start", [(ESP32, "esp32", 0x1000), (ESP32S3, "esp32s3", 0)]
)
def test_chip_address_and_file_system_are_read_from_the_bin(chip_id, chip, start):
    found = espimage.read(micropython_bin(chip_id), "x.bin")
    assert (found.chip, found.address) == (chip, start)
    assert (found.vfs.address, found.vfs.n_bytes) == (0x200000, 0x200000)
    assert [row.label for row in found.partitions] == ["nvs", "phy_init", "factory", "vfs"]


def test_the_file_system_is_where_the_table_says_not_where_it_usually_is():
    rows = (*STANDARD_TABLE[:3], ("vfs", 1, 0x81, 0x310000, 0xF0000))
    found = espimage.read(micropython_bin(rows=rows), "x.bin")
    assert (found.vfs.address, found.vfs.n_bytes) == (0x310000, 0xF0000)


@pytest.mark.parametrize(
    "data, words",
    [
        (b"", r"is not an ESP32 image \(it is empty\);"),
        (b"\xe9" * 10, r"is not an ESP32 image \(it has only 10 bytes\);"),
        (b"UF2\n" * 5000, "begins with 0x55, not with 0xe9"),
        (micropython_bin(ESP32C3), "chip with id 5"),
        (micropython_bin()[:0x6000], "no partition table"),
        (micropython_bin(rows=(*STANDARD_TABLE[:2], ALL_FLASH)), "leaves no room for a 'vfs'"),
        (micropython_bin(is_md5_right=False), "MD5 differs"),
        (micropython_bin(n_bytes=0x200100), "into its own file system"),
    ],
)
def test_what_is_no_micropython_for_the_unit_is_refused_in_a_sentence(data, words):
    with pytest.raises(Failure, match=words) as caught:
        espimage.read(data, "x.bin")
    assert caught.value.exit_code == 2
    assert str(caught.value).startswith("x.bin: ")


def test_a_table_without_a_file_system_leaves_it_the_rest_of_the_flash():
    """As MicroPython's own since 1.26, which makes the partition when it starts."""
    found = espimage.read(micropython_bin(rows=STANDARD_TABLE[:3]), "x.bin")
    assert (found.vfs.address, found.vfs.n_bytes) == (0x200000, 0x200000)
    found = espimage.read(micropython_bin(rows=ROMFS_TABLE), "x.bin")
    assert (found.vfs.address, found.vfs.n_bytes) == (0x240000, 0x1C0000)


def test_a_romfs_partition_gets_the_application_and_the_file_system_the_rest(tmp_path):
    path = tmp_path / "esp32.bin"
    path.write_bytes(micropython_bin(rows=ROMFS_TABLE))
    outcome = callclip("flash", "/dev/ttyUSB0", "--micropython", path, "--dry-run", "--json")
    assert outcome.exit_code == 0, outcome.err
    writes = json.loads(outcome.out)["writes"]
    assert [row["address"] for row in writes] == [0x1000, 0x200000, 0x240000]
    assert writes[1]["bytes"] == len(romfs.application("xtensawin"))
    # The rest of the flash is the file system's and the log's.
    assert writes[2]["bytes"] + partitions.LOG_BYTES == 0x1C0000


def test_a_romfs_partition_that_is_too_small_is_refused(tmp_path):
    path = tmp_path / "esp32.bin"
    rows = (*STANDARD_TABLE[:3], ("romfs", 1, 0x8F, 0x200000, 0x10000))
    path.write_bytes(micropython_bin(rows=rows))
    outcome = callclip("flash", "/dev/ttyUSB0", "--micropython", path, "--dry-run")
    assert_refused(outcome, "romfs partition 65536", "hardware/micropython")


def test_a_dry_run_says_what_would_be_written_and_touches_nothing(esp32_bin, tmp_path):
    before = sorted(tmp_path.iterdir())
    ports = ["/dev/ttyUSB0", "/dev/ttyUSB1"]
    outcome = callclip("flash", *ports, "--micropython", esp32_bin, "--dry-run", "--json")
    assert outcome.exit_code == 0
    plan = json.loads(outcome.out)
    assert plan["is_dry_run"] and plan["chip"] == "esp32"
    assert [(row["address"], row["bytes"]) for row in plan["writes"]] == [
        (0x1000, esp32_bin.stat().st_size),
        (0x200000, 0xC0000),
    ]
    assert plan["log"] == {"address": 0x2C0000, "bytes": 0x140000}
    for port, unit in zip(ports, plan["units"], strict=True):
        words = unit["esptool"]
        assert words[words.index("--port") + 1] == unit["port"] == port
        assert words[words.index("write-flash") + 1 :: 2] == ["0x1000", "0x200000"]
    assert sorted(tmp_path.iterdir()) == before


def test_a_dry_run_for_people_names_the_addresses_and_the_loss_of_the_log(esp32_bin):
    outcome = callclip("flash", "/dev/ttyUSB0", "--micropython", esp32_bin, "--dry-run")
    assert outcome.exit_code == 0
    assert "0x001000 to 0x020000" in outcome.out and "0x200000 to 0x2c0000" in outcome.out
    assert "0x2c0000 to 0x400000  is the log's own" in outcome.out
    assert "esptool --chip esp32 --port /dev/ttyUSB0" in outcome.out
    assert "pull the units' logs first" in outcome.err


def test_the_table_gets_a_partition_for_the_log_and_nothing_else_changes():
    before = micropython_bin()
    data, found = partitions.with_log(before, "mp.bin")
    rows = {row.label: (row.kind, row.address, row.n_bytes) for row in found.partitions}
    assert rows["factory"] == (0, 0x10000, 0x1F0000)
    assert rows["vfs"] == (1, 0x200000, 0xC0000)
    assert rows["calllog"] == (1, 0x2C0000, 0x140000)
    table = slice(0x8000 - found.address, 0x8C00 - found.address)
    assert data[: table.start] == before[: table.start]
    assert data[table.stop :] == before[table.stop :]
    assert partitions.with_log(data, "mp.bin") == (data, found)  # it is there: left as it is


def test_without_room_for_it_the_table_stays():
    rows = (*STANDARD_TABLE[:3], ("vfs", 1, 0x81, 0x300000, 0x100000))
    before = micropython_bin(rows=rows)
    data, found = partitions.with_log(before, "mp.bin")
    assert data == before
    assert partitions.log_of(found) is None


@pytest.mark.parametrize("chip_id", [ESP32, ESP32S3])
def test_esptool_takes_both_files_at_these_addresses(chip_id, tmp_path):
    micropython = tmp_path / "mp.bin"
    micropython.write_bytes(micropython_bin(chip_id))
    found = espimage.read(micropython.read_bytes(), "mp.bin")
    file_system = tmp_path / "fs.img"
    file_system.write_bytes(image.build(image.firmware_files(), found.vfs.n_bytes))
    words = arguments("PORT", str(micropython), found, str(file_system))
    pieces = words[words.index("write-flash") + 1 :]
    merged = tmp_path / "merged.bin"
    done = _esptool("--chip", found.chip, "merge-bin", "-o", merged, *pieces)
    assert done.returncode == 0, done.stdout + done.stderr
    flash = merged.read_bytes()
    assert flash[found.address : found.address + 1] == b"\xe9"
    assert flash[0x200000:0x400000] == file_system.read_bytes()
    assert image.list_files(flash[0x200000:0x400000])["/main.py"] > 0


def test_esptool_finds_the_chip_in_the_same_header(esp32_bin):
    done = _esptool("image-info", esp32_bin)
    assert done.returncode == 0
    assert "ESP32" in done.stdout and "Checksum: 0x" in done.stdout


def test_the_real_esptool_gets_as_far_as_the_port(esp32_bin):
    outcome = callclip("flash", NO_PORT, "--micropython", esp32_bin)
    assert outcome.exit_code == 3
    port, reason = outcome.out.splitlines()[1].split(maxsplit=1)
    assert port == NO_PORT and reason.startswith("cannot be opened")
    assert outcome.err.endswith("callclip: 1 of 1 units were not flashed\n")


def test_a_folder_is_no_port(esp32_bin, tmp_path):
    outcome = callclip("flash", tmp_path, "--micropython", esp32_bin)
    assert outcome.exit_code == 2
    assert "not a serial port" in outcome.out


def test_each_unit_has_its_row_and_its_reason(esp32_bin):
    ports = [NO_PORT + "1", NO_PORT + "2"]
    outcome = callclip("flash", *ports, "--micropython", esp32_bin, "--json")
    assert outcome.exit_code == 3
    rows = json.loads(outcome.out)
    assert [row["port"] for row in rows] == ports
    assert all(not row["is_ok"] and "cannot be opened" in row["reason"] for row in rows)
    assert "2 of 2 units were not flashed" in outcome.err


def test_a_port_named_twice_is_refused(esp32_bin):
    outcome = callclip("flash", "/dev/a", "/dev/a", "--micropython", esp32_bin, "--dry-run")
    assert_refused(outcome, "/dev/a", "named twice")


def test_a_bin_that_is_not_there(tmp_path):
    outcome = callclip("flash", "/dev/a", "--micropython", tmp_path / "none.bin")
    assert_refused(outcome, "none.bin", "no such file")


def test_an_image_of_another_size_would_never_be_mounted_and_is_refused(esp32_bin, tmp_path):
    path = tmp_path / "small.img"
    path.write_bytes(image.build({"/main.py": b""}, 0x100000))
    outcome = callclip("flash", "/dev/a", "--micropython", esp32_bin, "--image", path, "--dry-run")
    assert_refused(outcome, "small.img", "1048576", "--size 786432")


def test_an_image_without_a_file_system_is_refused(esp32_bin, tmp_path):
    path = tmp_path / "blank.img"
    path.write_bytes(b"\xff" * 0x200000)
    outcome = callclip("flash", "/dev/a", "--micropython", esp32_bin, "--image", path, "--dry-run")
    assert_refused(outcome, "blank.img", "no LittleFS")


@pytest.mark.parametrize(
    "said, code, words",
    [
        ("A fatal error occurred: Failed to connect to ESP32: No serial data.", 3, "BOOT"),
        (
            "A fatal error occurred: This chip is ESP32-S3, not ESP32. Wrong chip argument?",
            3,
            "kind",
        ),
        ("Verifying...\nA fatal error occurred: Serial port gone", 1, "Serial port gone"),
        ("A fatal error occurred: MD5 of file does not match data in flash!", 4, "read back"),
        ("A fatal error occurred: The moon is full.", 1, "The moon is full."),
        ("", 1, "no reason"),
    ],
)
def test_what_esptool_says_becomes_a_reason(said, code, words):
    assert reason_in(said)[0] == code
    assert words in reason_in(said)[1]
