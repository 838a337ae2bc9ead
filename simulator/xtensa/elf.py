"""A static ELF program for qemu-xtensa from kernels and calls.

In: {name: machine code}, calls. Out: the program's bytes, and where each kernel and buffer lies.
A call's arguments are integers, buffers and packs of both; a buffer that comes twice in a call is
one there, too. Each call gets buffers of its own, so calls do not see each other.
Called by: emulator.py.
Ref: System V ABI (ELF); py/obj.h, py/bc.h (function object, its context).
"""

from struct import pack

from simulator.xtensa import stub

OUTSIDE = 0x00400000  # the loop and the stand-ins for MicroPython: not counted
COUNTED = 0x00410000  # kernels and division
DATA = 0x01000000
_PAGE = 0x1000
_XTENSA = 94
_GUARD = bytes(16)  # between buffers: a kernel that writes past one changes it


class ProgramError(Exception):
    """One sentence: why these calls make no program."""


class Program:
    """Bytes of the ELF file, and what is needed to read memory and trace afterwards."""

    def __init__(self, codes, calls):
        self.calls = calls
        self.entries = {}  # name -> address of its first instruction
        self._outside = bytearray()
        self._counted = bytearray()
        self._data = bytearray()
        table = self._place_runtime()
        for name, code in codes.items():
            self.entries[name] = self._put_code(self._counted, COUNTED, code)
        self.code_end = COUNTED + len(self._counted)
        function = self._place_function(table)
        self._results = []  # offset of each result
        self._buffers = []  # for each call, [(offset, bytes)]
        self._place_calls(function)

    @property
    def image(self):
        """The ELF file."""
        parts = ((OUTSIDE, self._outside, 5), (COUNTED, self._counted, 5), (DATA, self._data, 6))
        offset = _PAGE
        heads, body = b"", b""
        for address, content, flags in parts:
            body += bytes(offset - _PAGE - len(body)) + content
            heads += pack(
                "<8I", 1, offset, address, address, len(content), len(content), flags, _PAGE
            )
            offset = (offset + len(content) + _PAGE - 1) & ~(_PAGE - 1)
        ident = b"\x7fELF\x01\x01\x01" + bytes(9)
        head = pack(
            "<HHIIIIIHHHHHH", 2, _XTENSA, 1, self._start, 52, 0, 0x300, 52, 32, len(parts), 0, 0, 0
        )
        return (ident + head + heads).ljust(_PAGE, b"\0") + body

    @property
    def n_data_bytes(self):
        return len(self._data)

    def outcome(self, memory, index):
        """(result, [buffers]) of a call, from the data memory the program wrote."""
        at = self._results[index]
        result = int.from_bytes(memory[at : at + 4], "little", signed=True)
        buffers = []
        for offset, n_bytes in self._buffers[index]:
            end = offset + n_bytes
            if memory[end : end + len(_GUARD)] != _GUARD:
                name = self.calls[index].kernel
                raise ProgramError(f"{name} wrote past the end of a buffer of {n_bytes} bytes")
            buffers.append(memory[offset:end])
        return result, buffers

    def _place_runtime(self):
        """The table of runtime functions; returns its address."""
        table = [0] * stub.N_RUNTIME
        for number, code in stub.runtime_outside():
            table[number] = self._put_code(self._outside, OUTSIDE, code)
        for number, code in stub.runtime_counted():
            table[number] = self._put_code(self._counted, COUNTED, code)
        return self._put_words(*table)

    def _place_function(self, table):
        """What stands for the function object: only the way to the runtime table is in it."""
        objects = self._put_words(table)
        context = self._put_words(0, 0, 0, objects)
        return self._put_words(0, context)

    def _place_calls(self, function):
        table = []
        for call in self.calls:
            if call.kernel not in self.entries:
                raise ProgramError(f"there is no kernel {call.kernel}")
            arguments = self._put_words(*self._argument_words(call))
            entry = self.entries[call.kernel]
            table += (function, len(call.arguments), arguments, entry, 0)
        address = self._put_words(*table, 0)
        first = address - DATA + 4 * (stub.CALL_WORDS - 1)
        self._results = [first + 4 * stub.CALL_WORDS * i for i in range(len(self.calls))]
        loop_at = OUTSIDE + len(self._outside)
        code, start = stub.loop(loop_at, address, DATA, len(self._data))
        self._start = loop_at + start
        self._outside += code

    def _argument_words(self, call):
        placed = {}
        self._buffers.append([])
        for buffer in call.buffers:
            self._pad(self._data)
            content = bytes(buffer)
            placed[id(buffer)] = DATA + len(self._data)
            self._buffers[-1].append((len(self._data), len(content)))
            self._data += content + _GUARD
        return [x & 0xFFFFFFFF for x in call.with_buffers(placed, self._put_pack)]

    def _put_pack(self, words):
        return self._put_words(*words)

    def _put_words(self, *words):
        self._pad(self._data)
        address = DATA + len(self._data)
        self._data += pack(f"<{len(words)}I", *words)
        return address

    def _put_code(self, segment, base, code):
        self._pad(segment)
        address = base + len(segment)
        segment += code
        return address

    @staticmethod
    def _pad(segment):
        segment += bytes(-len(segment) % 4)
