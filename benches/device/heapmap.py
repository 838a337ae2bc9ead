"""What the unit's heap holds, module by module: for whoever wants to bring it down.

The virtual unit hears a call and writes its heap to a file after a collection
(simulator/shims/virtual_heapdump.py). Each block belongs to what is found first on the way to it
from a name of a module, or from an object of one of its classes; `code` is classes, functions and
constants, `objects` what classes and buffers hold while it runs. Linked names are looked up in the
linked text. Blocks that nothing of these reaches are MicroPython's own: names, file systems, stack.
Called by: `python -m benches.device.heapmap [ROWS]`.
Ref: MicroPython, py/gc.c (blocks of 16 bytes), py/obj.h (an object's first word is its type).
"""

import ast
import json
import re
import struct
import sys
import tempfile
from collections import Counter
from pathlib import Path

from host_tools import linker, romfs
from simulator import calls
from simulator.device import VirtualUnit

_BLOCK_BYTES = 16
_LOOK_MS = 20_000
_TIMEOUT_S = 300
_ROW = re.compile(r"([0-9a-f]{8}): ([A-Za-z.=]{1,64})")
_TYPE = "<type>"


def dumped(folder):
    """(what mem_info says, the heap's bytes) while a call is heard."""
    path = Path(folder, "heap")
    wav = calls.sound_path(calls.MORNING[0])
    with VirtualUnit(None, wav, look_every_ms=_LOOK_MS, heap_dump=str(path)) as unit:
        unit.wait_played(_TIMEOUT_S)
    return Path(f"{path}.text").read_text(), path.read_bytes()


class Heap:
    """Blocks by address, what each is and whose."""

    def __init__(self, text, data):
        lines = text.splitlines()
        told = json.loads(lines[-1])
        self._types = {at: name.split("'")[1] for name, at in told["types"].items() if "'" in name}
        self._type_of_types = told["types"][_TYPE]
        self._names = {int(at): name for at, name in told["names"].items()}
        start = next(int(line.split(" from ")[1][:-1], 16) for line in lines if " from " in line)
        self.sizes = _sizes(lines, start)
        self._words = {
            at: struct.unpack_from(f"<{size // 4}I", data, at - start)
            for at, size in self.sizes.items()
        }
        self._classes = {at for at, words in self._words.items() if words[0] == self._type_of_types}
        self._hubs = {at for at in self.sizes if at in self._names or self.kind(at) == "module"}
        self._hubs |= self._classes
        self.owners = self._owners()

    def kind(self, at):
        first = self._words[at][0]
        if at in self._classes:
            return "class"
        return "instance" if first in self._classes else self._types.get(first, "buffer or table")

    def _owners(self):
        """{address: (name, is it an object's)}; what a name reaches comes before objects."""
        out = {}
        for at in self._hubs:
            if self.kind(at) != "instance":
                self._claim(at, (self._names.get(at, "a module"), False), out)
        for at in self.sizes:
            if self.kind(at) == "instance":
                name = self._names.get(self._words[at][0], "an object")
                self._claim(at, (name, True), out)
        return out

    def _claim(self, at, owner, out):
        waiting = [at]
        while waiting:
            at = waiting.pop()
            if at in out:
                continue
            out[at] = owner
            for word in self._words[at]:
                is_other = word in self._hubs or word in out
                if word in self.sizes and not is_other and self.kind(word) != "instance":
                    waiting.append(word)


def _sizes(lines, start):
    """{address: bytes} of the blocks in mem_info's rows."""
    sizes = {}
    at = None
    for row in filter(None, map(_ROW.match, lines)):
        for i, letter in enumerate(row[2]):
            if letter == "=" and at is not None:
                sizes[at] += _BLOCK_BYTES
            elif letter != "=":
                at = None if letter == "." else start + int(row[1], 16) + _BLOCK_BYTES * i
                if at is not None:
                    sizes[at] = _BLOCK_BYTES
    return sizes


def sources():
    """{module:name in the linked text: the source it came from}."""
    out = {}
    for path, text in linker.link(romfs.package_files()).items():
        dotted = path.strip("/").removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        starts = [
            (number, line[2:].decode())
            for number, line in enumerate(text.splitlines(), 1)
            if line.startswith(b"# /callclip/")
        ]
        for node in ast.parse(text).body:
            before = [source for number, source in starts if number < node.lineno]
            for name in _names_of(node):
                out[f"{dotted}:{name}"] = before[-1] if before else path
    return out


def _names_of(node):
    if isinstance(node, ast.Assign):
        parts = [part for target in node.targets for part in ast.walk(target)]
        return [part.id for part in parts if isinstance(part, ast.Name)]
    return [node.name] if hasattr(node, "name") else []


def by_source(heap):
    """{source: Counter of code and objects}; what is the stand-ins' or MicroPython's by itself."""
    known = sources()
    out = {}
    for at, size in heap.sizes.items():
        name, is_object = heap.owners.get(at, ("MicroPython's own", False))
        source = known.get(name, name if name.startswith("callclip") else "the stand-ins")
        if name == "MicroPython's own":
            source = name
        out.setdefault(source, Counter())["objects" if is_object else "code"] += size
    return out


def main(n_rows):
    with tempfile.TemporaryDirectory() as folder:
        heap = Heap(*dumped(folder))
    kinds = Counter()
    for at, size in heap.sizes.items():
        kinds[heap.kind(at)] += size
    print("  ".join(f"{kind} {n_bytes:,}" for kind, n_bytes in kinds.most_common()))
    print(f"{'code':>8}{'objects':>9}")
    rows = sorted(by_source(heap).items(), key=lambda row: -row[1].total())
    for source, sums in rows[:n_rows]:
        print(f"{sums['code']:>8,}{sums['objects']:>9,}  {source}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 40)
