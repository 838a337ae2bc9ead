"""Short names for attributes and methods, shared by classes that have nothing in common.

An attribute's name takes memory of the unit once, however many classes have it. A name is shortened
that the firmware's own classes make and that nothing else has: no type of MicroPython, and no text
that `setattr` may turn into a name. Two names stay different when they occur in the same module, or
in modules of which one's classes descend from the other's: so no object ever gets one name for two
things.
Called by: linker.py.
"""

import array
import ast
import io
import types

_BUILTIN = (str, bytes, bytearray, memoryview, list, tuple, dict, set, int, array.array, object)
_BUILTIN += (io.RawIOBase, io.BufferedIOBase, io.TextIOBase, types.GeneratorType, OSError)
# What else MicroPython's own objects have, or look for in the firmware's: ports, flash, hashes.
_FOREIGN = {
    "acquire", "datetime", "deinit", "digest", "duty", "duty_u16", "erase", "feed", "find", "freq",
    "get_int", "hexdigest", "ilistdir", "info", "init", "ioctl", "irq", "isconnected", "memory",
    "mkdir", "mode", "mount", "off", "on", "open", "poll", "readblocks", "readinto", "register",
    "release", "remove", "rename", "set_int", "stat", "statvfs", "sleep_ms", "ticks_ms", "umount",
    "unregister", "update", "value", "writeblocks",
}  # fmt: skip
FOREIGN = frozenset(_FOREIGN.union(*map(dir, _BUILTIN)))
_BY_TEXT = {"getattr", "setattr", "hasattr"}


def short_names(sources, first, on_globals):
    """{attribute: its name in the linked text} for the Sources of one program.

    first: the least number; on_globals: for each Source the attributes of global objects in it.
    """
    families = _families(sources)
    made = set().union(*(source.made for source in sources))
    made -= FOREIGN.union(*(source.kept for source in sources))
    for source in sources:
        if any(_BY_TEXT.intersection(use.names) for use in source.uses):
            made -= source.texts
    used_in = {}
    for source, family, others in zip(sources, families, on_globals, strict=True):
        for name in {access.name for access in source.accesses} | others:
            if name in made and not name.startswith("__"):
                used_in.setdefault(name, set()).add(family)
    out = {}
    taken = {}  # family -> numbers
    for name in sorted(used_in, key=lambda name: (-len(used_in[name]), name)):
        number = first
        while any(number in taken.setdefault(family, set()) for family in used_in[name]):
            number += 1
        for family in used_in[name]:
            taken[family].add(number)
        out[name] = f"_{number}"
    return out


def _families(sources):
    """A number for each Source, the same for those whose classes are related."""
    families = list(range(len(sources)))
    home = {}
    for i, source in enumerate(sources):
        for node in source.statements:
            if isinstance(node, ast.ClassDef):
                home.setdefault(node.name, []).append(i)
    for i, source in enumerate(sources):
        for node in source.statements:
            for base in getattr(node, "bases", ()):
                name = base.attr if isinstance(base, ast.Attribute) else getattr(base, "id", "")
                for other in home.get(name, ()):
                    joined, gone = families[i], families[other]
                    families = [joined if family == gone else family for family in families]
    return families
