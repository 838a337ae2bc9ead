"""`callclip flash`: put MicroPython and the firmware on one unit or many, with the real esptool.

MicroPython's .bin goes to its chip's address, with a partition for the log in its table
(host_tools/partitions.py), the file system image to the .bin's vfs partition, and the application,
compiled, into its romfs partition; where it has none, into the file system, from where it is loaded
into the heap. What was on the file system is gone afterwards; a log that has a partition stays.
Ref: esptool's manual, write-flash; host_tools/espimage.py.
"""

import contextlib
import os
import re
import subprocess
import sys
import tempfile

import click

from host_tools import espimage, firmware, image, options, partitions, romfs
from host_tools.failure import DONE, NOT_REACHABLE, NOT_VERIFIED, PARTLY, Failure
from host_tools.many import exit_code_of, on_each, show_table, unique
from host_tools.output import reason_of, say, show, show_json
from host_tools.serialline import refuse_file

BAUD = 460800  # what the usual USB bridges and 1 m of cable carry without errors
TIMEOUT_S = 300

_FATAL = "fatal error occurred: "  # behind it stands why
_MAX_WORDS = 200  # of esptool's own, when they are new to us

# What esptool says when it gives up -> exit code and what to do. First match counts.
REASONS = (
    (r"No module named", NOT_REACHABLE, "esptool is not installed; run make setup"),
    (r"Could not open", NOT_REACHABLE, "cannot be opened; is it the right port, and is it free?"),
    (r"Failed to connect|No serial data|Inappropriate ioctl", NOT_REACHABLE,
     "no chip answers; hold the BOOT button while it is plugged in, and try again"),
    (r"This chip is|Wrong chip|Unexpected chip", NOT_REACHABLE,
     "the chip is of another kind than the .bin; take the .bin of this chip"),
    (r"MD5 of file|[Vv]erif", NOT_VERIFIED, "what was written does not read back; flash it again"),
    (r"will not fit", NOT_VERIFIED, "its flash is too small; the unit needs 4 MB"),
)  # fmt: skip


def arguments(port, micropython, esp_image, image_path, baud=BAUD, rom_path=None):
    """esptool's arguments for one unit."""
    rom = [hex(esp_image.romfs.address), rom_path] if rom_path else []
    return [
        "--chip", esp_image.chip,
        "--port", port,
        "--baud", str(baud),
        "--before", "default-reset",
        "--after", "hard-reset",
        "write-flash",
        hex(esp_image.address), micropython,
        *rom,
        hex(esp_image.vfs.address), image_path,
    ]  # fmt: skip


def flash_unit(port, words):
    """Run esptool on one unit; Failure with the reason when it did not go well."""
    refuse_file(port)
    command = [sys.executable, "-m", "esptool", *words]
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=TIMEOUT_S,
            text=True,
            errors="replace",
            check=False,
        )
    except subprocess.TimeoutExpired:
        words = f"not done after {TIMEOUT_S} s; unplug it and try again"
        raise Failure(words, NOT_REACHABLE) from None
    if done.returncode:
        code, sentence = reason_in(done.stdout)
        raise Failure(sentence, code, detail=done.stdout)
    return {}


def reason_in(said):
    """(exit code, sentence) for what esptool said when it failed."""
    _before, mark, fatal = said.partition(_FATAL)
    words = " ".join((fatal if mark else said).split())
    for pattern, code, sentence in REASONS:
        if re.search(pattern, words):
            return code, sentence
    return PARTLY, words[:_MAX_WORDS] or "esptool failed and gave no reason"


def _read(path):
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise Failure(
            f"{path}: cannot be read ({reason_of(error)}); check the path and its rights"
        ) from error


def _checked_image(path, vfs):
    data = _read(path)
    image.list_files(data, path)
    if len(data) != vfs.n_bytes:
        raise Failure(
            f"{path}: is an image of {len(data)} bytes, the .bin's vfs partition has {vfs.n_bytes};"
            f" build it with callclip image --size {vfs.n_bytes}"
        )


def _with_log(micropython, image_path):
    """(the .bin's bytes as they will be flashed, its EspImage). An image that fills the whole vfs
    leaves no room for the log's partition."""
    data = _read(micropython)
    plain = espimage.read(data, micropython)
    if image_path and len(_read(image_path)) == plain.vfs.n_bytes:
        return data, plain
    return partitions.with_log(data, micropython)


@contextlib.contextmanager
def _files_for(micropython, data, image_path, esp_image):
    """(path of the .bin, path of the image) to flash: as given, or made for this table."""
    vfs = esp_image.vfs
    if image_path:
        _checked_image(image_path, vfs)
    with tempfile.TemporaryDirectory(prefix="callclip-flash-") as folder:
        if data != _read(micropython):
            micropython = _written(folder, "micropython.bin", data)
        if not image_path:
            files = romfs.root_files()
            if esp_image.romfs is None:
                files = image.for_unit(image.firmware_files(), firmware.ARCH)
            built = image.build(files, vfs.n_bytes)
            image_path = _written(folder, "callclip.img", built)
        yield micropython, image_path


def _written(folder, name, data):
    path = os.path.join(folder, name)
    with open(path, "wb") as file:
        file.write(data)
    return path


@contextlib.contextmanager
def _rom_for(partition):
    """Path of the application's ROMFS image; None where there is no partition for it."""
    if partition is None:
        yield None
        return
    data = romfs.application(firmware.ARCH)
    if len(data) > partition.n_bytes:
        raise Failure(
            f"the application has {len(data)} bytes, the .bin's romfs partition"
            f" {partition.n_bytes}; build one with the partition table in hardware/micropython"
        )
    with tempfile.TemporaryDirectory(prefix="callclip-flash-") as folder:
        yield _written(folder, "callclip.romfs", data)


def _plan(ports, micropython, esp_image, image_path, baud, rom_path):
    log = partitions.log_of(esp_image)
    writes = [(esp_image.address, esp_image.n_bytes, micropython)]
    if rom_path:
        writes.append((esp_image.romfs.address, os.path.getsize(rom_path), rom_path))
    writes.append((esp_image.vfs.address, esp_image.vfs.n_bytes, image_path))
    words = (micropython, esp_image, image_path, baud, rom_path)
    return {
        "chip": esp_image.chip,
        "log": {"address": log.address, "bytes": log.n_bytes} if log else None,
        "writes": [dict(zip(("address", "bytes", "what"), row, strict=True)) for row in writes],
        "units": [{"port": port, "esptool": arguments(port, *words)} for port in ports],
    }


def _show_plan(plan, is_image_given):
    show(f"chip {plan['chip']}")
    for write in plan["writes"]:
        end = write["address"] + write["bytes"]
        show(f"0x{write['address']:06x} to 0x{end:06x}  {write['bytes']:>8} bytes  {write['what']}")
    for unit in plan["units"]:
        show(f"{unit['port']}: esptool {' '.join(unit['esptool'])}")
    if plan["log"]:
        end = plan["log"]["address"] + plan["log"]["bytes"]
        show(f"0x{plan['log']['address']:06x} to 0x{end:06x}  is the log's own, and not written")
    if not is_image_given:
        say("the files are made for the partitions when they are flashed; their paths will differ")
    say("nothing was touched; pull the units' logs first: one outside its own partition is lost")


@click.command()
@click.argument("ports", metavar="PORT...", nargs=-1, required=True)
@click.option(
    "--micropython", required=True, metavar="FIRMWARE.bin",
    help="MicroPython for the unit's chip, as micropython.org offers it.",
)  # fmt: skip
@click.option(
    "--image", "image_path", metavar="FILE",
    help="File system from callclip image; built from the firmware if left out.",
)  # fmt: skip
@click.option("--baud", default=BAUD, show_default=True, type=click.IntRange(9600, 4000000))
@click.option("--dry-run", is_flag=True, help="Say what would be written where; touch nothing.")
@options.as_json
def command(ports, micropython, image_path, baud, dry_run, is_json):
    """Flash MicroPython and the firmware onto the units on PORT...

    Pull the units' logs first: a log that has no partition of its own yet is lost.
    """
    ports = unique(ports)
    data, esp_image = _with_log(micropython, image_path)
    files = _files_for(micropython, data, image_path, esp_image)
    with _rom_for(esp_image.romfs) as rom_path, files as (bin_path, path):
        plan = _plan(ports, bin_path, esp_image, path, baud, rom_path)
        if esp_image.romfs is None:
            say("this MicroPython has no romfs partition: the application will need the heap of a")
            say("board with PSRAM; hardware/micropython defines one that has that partition")
        if dry_run:
            _show_dry_run(plan, bool(image_path), is_json)
            return DONE
        say("writing to all units at once; this takes about a minute")
        words_for = {unit["port"]: unit["esptool"] for unit in plan["units"]}
        rows = on_each(ports, lambda port: flash_unit(port, words_for[port]))
    if is_json:
        show_json(rows)
    else:
        show_table(["port", "result"], [[row["port"], row["reason"] or "flashed"] for row in rows])
    n_failed = sum(not row["is_ok"] for row in rows)
    if n_failed:
        say(f"callclip: {n_failed} of {len(rows)} units were not flashed")
    return exit_code_of(rows)


def _show_dry_run(plan, is_image_given, is_json):
    if is_json:
        show_json({"is_dry_run": True, **plan})
    else:
        _show_plan(plan, is_image_given)
