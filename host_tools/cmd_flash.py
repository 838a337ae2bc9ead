"""`callclip flash`: put MicroPython and the firmware on one unit or many, with the real esptool.

Two pieces go onto the flash: MicroPython's .bin at its chip's address and the file system image at
the .bin's own vfs partition. What was on the file system, the log too, is gone afterwards.
Ref: esptool's manual, write-flash; host_tools/espimage.py.
"""

import contextlib
import os
import re
import subprocess
import sys
import tempfile

import click

from host_tools import espimage, image, options
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


def arguments(port, micropython, esp_image, image_path, baud=BAUD):
    """esptool's arguments for one unit."""
    return [
        "--chip", esp_image.chip,
        "--port", port,
        "--baud", str(baud),
        "--before", "default-reset",
        "--after", "hard-reset",
        "write-flash",
        hex(esp_image.address), micropython,
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


@contextlib.contextmanager
def _image_for(path, vfs):
    """Path of the image to flash: the given one, checked, or one built for this partition."""
    if path:
        _checked_image(path, vfs)
        yield path
        return
    data = image.build(image.firmware_files(), vfs.n_bytes)
    with tempfile.TemporaryDirectory(prefix="callclip-flash-") as folder:
        built = os.path.join(folder, "callclip.img")
        with open(built, "wb") as file:
            file.write(data)
        yield built


def _plan(ports, micropython, esp_image, image_path, baud):
    return {
        "chip": esp_image.chip,
        "writes": [
            {"address": esp_image.address, "bytes": esp_image.n_bytes, "what": micropython},
            {"address": esp_image.vfs.address, "bytes": esp_image.vfs.n_bytes, "what": image_path},
        ],
        "units": [
            {"port": port, "esptool": arguments(port, micropython, esp_image, image_path, baud)}
            for port in ports
        ],
    }


def _show_plan(plan, is_image_given):
    show(f"chip {plan['chip']}")
    for write in plan["writes"]:
        end = write["address"] + write["bytes"]
        show(f"0x{write['address']:06x} to 0x{end:06x}  {write['bytes']:>8} bytes  {write['what']}")
    for unit in plan["units"]:
        show(f"{unit['port']}: esptool {' '.join(unit['esptool'])}")
    if not is_image_given:
        say("the image is built for the partition when it is flashed; its path will differ")
    say("nothing was touched; without --dry-run the units' logs would be lost: pull them first")


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

    The units' logs are lost: pull them first.
    """
    ports = unique(ports)
    esp_image = espimage.read(_read(micropython), micropython)
    with _image_for(image_path, esp_image.vfs) as path:
        plan = _plan(ports, micropython, esp_image, path, baud)
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
