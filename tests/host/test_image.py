"""`callclip image`: the same bytes every time, everything in it, and no half-written file."""

import json

import pytest
from littlefs import LittleFS

from host_tools import image, mpy, romfs
from host_tools.failure import Failure
from tests.program import assert_refused, callclip


def test_the_same_sources_give_the_same_bytes():
    files = image.firmware_files()
    assert image.build(files) == image.build(dict(files))


def test_every_module_of_the_firmware_is_in_it_unchanged():
    built = image.build(image.firmware_files())
    sources = [image.FIRMWARE / "main.py", *(image.FIRMWARE / "callclip").rglob("*.py")]
    assert len(image.list_files(built)) == len(sources)
    for path in sources:
        name = "/" + path.relative_to(image.FIRMWARE).as_posix()
        assert image.read_file(built, name) == path.read_bytes()


def test_the_geometry_is_that_of_micropython_on_the_esp32():
    built = image.build(image.firmware_files())
    fs = LittleFS(block_size=4096, block_count=len(built) // 4096, mount=False)
    fs.context.buffer = bytearray(built)
    fs.mount()
    stat = fs.fs_stat()
    assert (stat.block_size, stat.block_count, stat.name_max) == (4096, 512, 255)
    assert stat.disk_version == 0x00020000


def test_the_table_of_sizes_is_right(tmp_path):
    out = tmp_path / "unit.img"
    outcome = callclip("image", "--out", out, "--json")
    assert outcome.exit_code == 0, outcome.err
    result = json.loads(outcome.out)
    data = out.read_bytes()
    assert result["bytes"] == len(data) == 2 * 1024 * 1024
    assert result["files"]["/main.py"] == (image.FIRMWARE / "main.py").stat().st_size
    assert result["used_bytes"] >= sum(result["files"].values())
    for_people = callclip("image", "--out", out)
    assert f"CRC-32 {result['crc32']}" in for_people.out
    assert out.read_bytes() == data


def test_the_folder_of_the_image_is_made(tmp_path):
    assert callclip("image", folder=tmp_path).exit_code == 0
    assert (tmp_path / "build" / "callclip.img").stat().st_size == 2 * 1024 * 1024


def test_a_configuration_goes_along(tmp_path):
    (tmp_path / "desk.toml").write_text("unit_number = 12\n")
    out = tmp_path / "unit.img"
    outcome = callclip("image", "--out", out, "--config", tmp_path / "desk.toml")
    assert outcome.exit_code == 0, outcome.err
    assert json.loads(image.read_file(out.read_bytes(), "/config.json")) == {"unit_number": 12}


def test_a_wrong_configuration_leaves_no_image(tmp_path):
    (tmp_path / "desk.toml").write_text("led_brightness_pct = 300\n")
    out = tmp_path / "unit.img"
    outcome = callclip("image", "--out", out, "--config", tmp_path / "desk.toml")
    assert_refused(outcome, "desk.toml, line 1", "led_brightness_pct = 300", "1 to 100")
    assert not out.exists()


def test_the_configuration_is_not_overwritten(tmp_path):
    path = tmp_path / "desk.toml"
    path.write_text("unit_number = 12\n")
    outcome = callclip("image", "--out", path, "--config", path)
    assert_refused(outcome, "is the configuration file")
    assert path.read_text() == "unit_number = 12\n"


@pytest.mark.parametrize("arch", ["xtensawin", "x86"])
def test_compiled_modules_are_smaller_and_main_stays_source(arch, tmp_path):
    out = tmp_path / "unit.img"
    outcome = callclip("image", "--out", out, "--mpy", arch, "--json")
    assert outcome.exit_code == 0, outcome.err
    files = json.loads(outcome.out)["files"]
    assert "/main.py" in files
    assert all(path.endswith(".mpy") for path in files if path != "/main.py")
    sources = image.firmware_files()
    assert sum(files.values()) < sum(len(data) for data in sources.values()) / 2


@pytest.mark.parametrize("size", ["0", "-4096", "5000"])
def test_a_size_that_is_no_number_of_blocks(size, tmp_path):
    out = tmp_path / "unit.img"
    assert_refused(callclip("image", "--out", out, "--size", size), "multiple of 4096")
    assert not out.exists()


def test_a_firmware_that_does_not_fit(tmp_path):
    out = tmp_path / "unit.img"
    assert_refused(callclip("image", "--out", out, "--size", "65536"), "do not fit", "65536")
    assert not out.exists()


def test_a_place_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    outcome = callclip("image", "--out", tmp_path / "file" / "unit.img")
    assert_refused(outcome, "unit.img", "cannot be written")


def test_a_module_that_does_not_compile_is_named():
    with pytest.raises(Failure, match="/callclip/x.py: does not compile for xtensawin"):
        image.compiled({"/callclip/x.py": b"def f(:\n"}, "xtensawin")


def test_a_romfs_image_is_read_back_as_it_was_built():
    files = {"/a.py": b"", "/callclip/b.mpy": bytes(range(256)) * 3, "/callclip/core/c.mpy": b"c"}
    data = romfs.build(files)
    assert romfs.files_of(data) == files
    assert romfs.files_of(data.ljust(4096, b"\xff")) == files  # as a partition holds it
    for part in (b"", data[:2], data[:-1], b"no image at all"):
        with pytest.raises(ValueError):
            romfs.files_of(part)


def test_an_application_says_for_which_chip_it_is():
    found = {
        arch: mpy.kind_of_files(romfs.files_of(romfs.application(arch)))
        for arch in romfs.ARCHITECTURES
    }
    assert {arch: kind.arch for arch, kind in found.items()} == {a: a for a in romfs.ARCHITECTURES}
    assert len({kind.version for kind in found.values()}) == 1
    assert mpy.kind_of_files({"/main.py": b"pass", "/b.mpy": b"M\x06\x00\x1f"}) is None
    assert mpy.kind_of_unit(6 | 3 << 8 | 10 << 10) == mpy.Kind("xtensawin", "6.3")
    assert mpy.kind_of_unit(6 | 3 << 8 | 60 << 10).arch == ""


@pytest.mark.parametrize("n_before", range(8))
def test_words_lie_at_a_multiple_of_four_in_a_romfs(n_before):
    """Wherever their file would have put them: kernels read them word by word."""
    words = bytes(range(1, 65))
    files = {"/callclip/a.mpy": b"M" * n_before + words, "/callclip/b.mpy": b"M"}
    assert romfs.build(files, words).find(words) % 4 == 0
