"""`make firmware`: the set is whole, versioned, and for the VM too but for the kernels."""

import json

import callclip
import pytest

from host_tools import firmware, image, linker, romfs


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """(folder of the set, manifest)."""
    return firmware.write(tmp_path_factory.mktemp("firmware"))


def test_every_module_is_there_compiled_and_listed(made):
    place, told = made
    stems = {path.removesuffix(".py") for path in linker.link(romfs.package_files())}
    assert {path.removesuffix(".mpy") for path in told["files"]} == stems
    for path, row in told["files"].items():
        assert (place / path.lstrip("/")).stat().st_size == row["bytes"]
    assert (place / "main.py").read_bytes() == image.firmware_files()["/main.py"]


def test_it_says_its_version_in_its_name_and_its_manifest(made):
    place, told = made
    assert callclip.VERSION in place.name
    assert json.loads((place / "manifest.json").read_text()) == told
    assert told["firmware"] == callclip.VERSION
    assert told["mpy"].startswith("6.")


def test_both_boards_are_in_it(made):
    _place, told = made
    assert {"/callclip/boards/esp32.mpy", "/callclip/boards/esp32s3.mpy"} <= set(told["files"])


def test_only_kernels_are_native_and_all_else_is_what_the_32_bit_vm_runs(made):
    """The very bytes: what the virtual unit proves of a module without kernels holds for it."""
    place, told = made
    for_vm = image.for_unit(romfs.package_files(), "x86")
    native = {path for path, row in told["files"].items() if row["is_native"]}
    assert native == {"/callclip/core/kernels/__init__.mpy"}
    for path in set(told["files"]) - native:
        assert (place / path.lstrip("/")).read_bytes() == for_vm[path], path


def test_the_table_adds_up(made):
    _place, told = made
    lines = firmware.table(told)
    n_bytes = sum(row["bytes"] for row in told["files"].values())
    assert str(n_bytes) in next(line for line in lines if line.startswith("all"))
    assert str(told["romfs_bytes"]) in lines[-1]


def test_the_romfs_holds_them_and_fits_its_partition(made):
    place, told = made
    rom = next(place.glob("*.romfs")).read_bytes()
    assert rom.startswith(romfs.MAGIC) and len(rom) == told["romfs_bytes"]
    assert len(rom) <= romfs.PARTITION_BYTES
    for path in told["files"]:
        assert (place / path.lstrip("/")).read_bytes() in rom
