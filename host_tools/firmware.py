"""`make firmware`: the deployable set, compiled for the ESP32 and the ESP32-S3, and what it weighs.

Into build/firmware/callclip-<version>-xtensawin go the .mpy files as the unit has them, the ROMFS
image of them, manifest.json with version, sizes and hashes, and under `linked` the text that was
compiled: the lines of a traceback are its lines. Both chips execute the same code
(xtensawin); which board it is, the unit finds out (boards/). A module without kernels is bytecode
alone and runs on any MicroPython of the same .mpy version, the 32-bit VM among them.
Units: bytes. Called by: Makefile.
"""

import hashlib
import json
import shutil
from pathlib import Path

import callclip

from host_tools import image, linker, mpy, romfs

ARCH = "xtensawin"
_ROOT = Path(__file__).resolve().parents[1]
OUT = _ROOT / "build" / "firmware"
LINKED = "linked"


def manifest(compiled, rom):
    """What the set holds, as a dict for manifest.json."""
    rows = {
        path: {
            "bytes": len(data),
            "is_native": mpy.has_native_code(data),
            "sha256": hashlib.sha256(data).hexdigest(),
        }
        for path, data in sorted(compiled.items())
    }
    return {
        "firmware": callclip.VERSION,
        "arch": ARCH,
        "mpy": mpy.kind_of_files(compiled).version,
        "romfs_bytes": len(rom),
        "romfs_sha256": hashlib.sha256(rom).hexdigest(),
        "files": rows,
    }


def write(folder=OUT):
    """Make the set anew under `folder`; returns (its folder, its manifest)."""
    files = romfs.package_files()
    linked = linker.link(files)
    compiled = image.compiled(linked, ARCH)
    rom = romfs.build(compiled, linker.words_in(files))
    told = manifest(compiled, rom)
    name = f"callclip-{callclip.VERSION}-{ARCH}"
    place = Path(folder) / name
    shutil.rmtree(place, ignore_errors=True)
    files = {**compiled, **romfs.root_files()}
    files |= {f"/{LINKED}{path}": data for path, data in linked.items()}
    for path, data in files.items():
        target = place / path.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    (place / f"{name}.romfs").write_bytes(rom)
    (place / "manifest.json").write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    return place, told


def table(told):
    """Lines: bytes of each folder's modules, kernels apart, and of all."""
    sums = {}
    for path, row in told["files"].items():
        folder = path.rpartition("/")[0]
        n_files, n_bytes, n_native = sums.get(folder, (0, 0, 0))
        native = row["bytes"] if row["is_native"] else 0
        sums[folder] = (n_files + 1, n_bytes + row["bytes"], n_native + native)
    lines = [f"{'':<24}{'modules':>8}{'bytes':>9}{'of them with native code':>26}"]
    for folder, (n_files, n_bytes, n_native) in sorted(sums.items()):
        lines.append(f"{folder:<24}{n_files:>8}{n_bytes:>9}{n_native or '':>26}")
    n_files, n_bytes, n_native = (sum(row[i] for row in sums.values()) for i in range(3))
    lines.append(f"{'all':<24}{n_files:>8}{n_bytes:>9}{n_native:>26}")
    lines.append(f"{'ROMFS image':<24}{'':>8}{told['romfs_bytes']:>9}")
    return lines


def main():
    place, told = write()
    print("\n".join(table(told)))
    print(f"callclip {told['firmware']} for {told['arch']}, .mpy {told['mpy']}: {place}")


if __name__ == "__main__":
    main()
