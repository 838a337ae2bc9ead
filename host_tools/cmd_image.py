"""`callclip image`: build the unit's file system, for `callclip flash` and the virtual unit.

The same sources give the same bytes, so two people can compare what they would flash.
"""

import os
import zlib

import click

from host_tools import image, options, romfs
from host_tools.failure import Failure
from host_tools.output import show, show_json, whole_file, write_failure

DEFAULT_OUT = "build/callclip.img"


def files_for(config=None, arch=None):
    """What goes into an image, with a configuration file (TOML) and compiled if asked for."""
    files = image.firmware_files()
    if arch:
        files = image.for_unit(files, arch)
    if config:
        from host_tools import configfile

        files = image.with_config(files, configfile.load(config))
    return files


def _print(result):
    width = max(len(path) for path in result["files"])
    for path, n_bytes in result["files"].items():
        show(f"{path:<{width}}  {n_bytes:>7}")
    total = sum(result["files"].values())
    n_used = result["used_bytes"]
    show(
        f"{len(result['files'])} files, {total} bytes; {n_used} of {result['bytes']} bytes of flash"
    )
    show(f"{result['out']}  CRC-32 {result['crc32']}")


def _make_parent(path):
    folder = os.path.dirname(path)
    if folder and not os.path.exists(folder):
        try:
            os.makedirs(folder)
        except OSError as error:
            raise write_failure(path, error) from error


@click.command()
@click.option("--out", default=DEFAULT_OUT, show_default=True, metavar="FILE", help="The image.")
@click.option(
    "--size", "size_bytes", default=image.VFS_BYTES, show_default=True, metavar="BYTES",
    help="Size of the vfs partition it is for.",
)  # fmt: skip
@click.option("--config", metavar="FILE", help="Configuration (TOML) that the unit starts with.")
@click.option(
    "--mpy", "arch", type=click.Choice(romfs.ARCHITECTURES),
    help="Compile the modules: xtensawin for the ESP32 and ESP32-S3, x86 for the virtual unit.",
)  # fmt: skip
@options.as_json
def command(out, size_bytes, config, arch, is_json):
    """Build the LittleFS image of the firmware."""
    if config and os.path.realpath(config) == os.path.realpath(out):
        raise Failure(f"--out {out}: is the configuration file; name another file")
    data = image.build(files_for(config, arch), size_bytes)
    _make_parent(out)
    with whole_file(out, "wb") as file:
        file.write(data)
    result = {
        "out": out,
        "bytes": len(data),
        "used_bytes": image.used_bytes(data),
        "crc32": f"{zlib.crc32(data):08x}",
        "files": image.list_files(data),
    }
    if is_json:
        show_json(result)
    else:
        _print(result)
