"""Which MicroPython can run compiled modules: the .mpy version, and the chip that native code is
for; as the files say it, and as a MicroPython says it of itself.

Called by: firmware, cmd_update. Ref: MicroPython documentation, ".mpy files" (the header, and
`sys.implementation._mpy`).
"""

from dataclasses import dataclass

ARCHITECTURES = (
    "", "x86", "x64", "armv6", "armv6m", "armv7m", "armv7em", "armv7emsp", "armv7emdp", "xtensa",
    "xtensawin", "rv32imc", "rv64imc",
)  # fmt: skip
_MAGIC = b"M"
_SUB_BITS, _ARCH_SHIFT, _ARCH_BITS = 3, 2, 0x0F  # of the third byte of a .mpy


@dataclass(frozen=True)
class Kind:
    """arch: "" for none that is known here; version as "6.3", whose second number counts for
    native code alone."""

    arch: str
    version: str


def has_native_code(mpy):
    return _arch_number(mpy[2]) != 0


def _arch_number(flags):
    return flags >> _ARCH_SHIFT & _ARCH_BITS


def _kind(number, version, sub_version):
    arch = ARCHITECTURES[number] if number < len(ARCHITECTURES) else ""
    return Kind(arch, f"{version}.{sub_version}")


def kind_of_file(mpy):
    return _kind(_arch_number(mpy[2]), mpy[1], mpy[2] & _SUB_BITS)


def kind_of_files(files):
    """The Kind that {path: bytes} needs, by its modules with native code; None without any."""
    kinds = {
        kind_of_file(data)
        for path, data in files.items()
        if path.endswith(".mpy") and data.startswith(_MAGIC) and has_native_code(data)
    }
    return kinds.pop() if len(kinds) == 1 else None


def kind_of_unit(number):
    """What a MicroPython takes, from its `sys.implementation._mpy`."""
    return _kind(number >> 10, number & 0xFF, number >> 8 & _SUB_BITS)
