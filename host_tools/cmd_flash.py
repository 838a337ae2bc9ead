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
from concurrent.futures import ThreadPoolExecutor

import click

from host_tools import espimage, image
from host_tools.failure import DONE, NOT_REACHABLE, NOT_VERIFIED, PARTLY, Failure
from host_tools.output import reason_of, say, show, show_json

BAUD = 460800  # what the usual USB bridges and 1 m of cable carry without errors
MAX_AT_ONCE = 8  # units on one USB hub
TIMEOUT_S = 300

# What esptool says when it gives up -> exit code and what to do. First match counts.
REASONS = (
    (r"No module named", NOT_REACHABLE, "esptool is not installed; run make setup"),
    (r"Could not open", NOT_REACHABLE, "cannot be opened; is it the right port, and is it free?"),
    (r"Failed to connect|No serial data|Inappropriate ioctl", NOT_REACHABLE,
     "no chip answers; hold the BOOT button while it is plugged in, and try again"),
    (r"This chip is|Wrong chip|Unexpected chip", NOT_REACHABLE,
     "the chip is of another kind than the .bin; take the .bin of this chip"),
    (r"MD5|[Vv]erif", NOT_VERIFIED, "what was written does not read back; flash it again"),
    (r"doesn't fit|flash size|Flash size", NOT_VERIFIED, "its flash is too small for the firmware"),
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


def flash_unit(words):
    """Run esptool; (exit code, sentence), the sentence empty when all went well."""
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
        return NOT_REACHABLE, f"nothing more came for {TIMEOUT_S} s; unplug it and try again"
    if done.returncode == 0:
        return DONE, ""
    return _reason(done.stdout)


def _reason(said):
    for pattern, code, sentence in REASONS:
        if re.search(pattern, said):
            return code, sentence
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    fatal = next((line for line in lines if "fatal error" in line), lines[-1] if lines else "")
    return PARTLY, fatal.partition("occurred: ")[2] or fatal or "esptool failed and gave no reason"


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
    image.list_files(data)
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


def _flash_all(plan, is_json):
    with ThreadPoolExecutor(MAX_AT_ONCE) as pool:
        jobs = [(unit["port"], pool.submit(flash_unit, unit["esptool"])) for unit in plan["units"]]
        rows = []
        for port, job in jobs:
            code, sentence = job.result()
            rows.append({"port": port, "exit_code": code, "is_done": not code, "reason": sentence})
            if not is_json:
                show(f"{port}: {sentence or 'flashed and verified'}")
    return rows


def _exit_code(rows):
    codes = [row["exit_code"] for row in rows]
    if any(codes) and not all(codes):
        return PARTLY
    return max(codes)


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
@click.option("--json", "is_json", is_flag=True, help="The result as JSON on stdout.")
def command(ports, micropython, image_path, baud, dry_run, is_json):
    """Flash MicroPython and the firmware onto the units on PORT...

    The units' logs are lost: pull them first.
    """
    twice = next((port for port in ports if ports.count(port) > 1), None)
    if twice:
        raise Failure(f"{twice}: is named twice; name each port once")
    esp_image = espimage.read(_read(micropython), micropython)
    with _image_for(image_path, esp_image.vfs) as path:
        plan = _plan(ports, micropython, esp_image, path, baud)
        if dry_run:
            _show_dry_run(plan, bool(image_path), is_json)
            return DONE
        rows = _flash_all(plan, is_json)
    if is_json:
        show_json({"chip": plan["chip"], "units": rows})
    code = _exit_code(rows)
    if code:
        failed = [row for row in rows if not row["is_done"]]
        if len(rows) == 1:
            raise Failure(f"{failed[0]['port']}: {failed[0]['reason']}", code)
        raise Failure(f"{len(failed)} of {len(rows)} units were not flashed; see their rows", code)
    return DONE


def _show_dry_run(plan, is_image_given, is_json):
    if is_json:
        show_json({"is_dry_run": True, **plan})
    else:
        _show_plan(plan, is_image_given)
