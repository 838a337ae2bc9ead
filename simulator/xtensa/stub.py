"""The few machine instructions around the kernels: a loop over a list of calls, and a runtime.

The loop calls each entry of a list, stores its result, and at the end writes the whole data memory
to standard output. The runtime is what viper code asks of MicroPython's table of functions: the
conversions of arguments and results (identities, since they come as machine words), and division
and remainder as py/smallint.c has them. An entry that is not provided ends the program with
TRAP + its number. Small enough to be written here as numbers, so that no assembler is needed.
Called by: elf.py.
Ref: Xtensa ISA reference manual (encodings); py/nativeglue.c (order of the table).
"""

from struct import pack

TRAP = 100  # exit code of a program that used runtime entry 0, + 1 for entry 1 and so on
N_RUNTIME = 90  # more than mp_fun_table has
_IDENTITIES = (3, 4)  # native_from_obj, native_to_obj
WRONG_NUMBER = 44  # arg_check_num_sig: called when the number of arguments is not the function's
_FLOOR_DIVIDE, _MODULO = 46, 47
_SYSCALL_EXIT, _SYSCALL_WRITE = 118, 13
CALL_WORDS = 5  # fun_obj, n_args, args, code, result


def _bytes3(word):
    return pack("<I", word & 0xFFFFFF)[:3]


def _rri8(r, t, s, imm8):
    return _bytes3((imm8 & 0xFF) << 16 | r << 12 | s << 8 | t << 4 | 2)


def _rrr(op2, op1, r, s, t):
    return _bytes3(op2 << 20 | op1 << 16 | r << 12 | s << 8 | t << 4)


def _branch(kind, s, distance):
    """kind: beqz 0, bltz 2, bgez 3; distance in bytes from the branch to its target."""
    return _bytes3((distance - 4 & 0xFFF) << 12 | s << 8 | kind << 6 | 0x16)


def _jump(distance):
    return _bytes3((distance - 4 & 0x3FFFF) << 6 | 6)


def _movi(t, value):
    return _rri8(10, t, value >> 8 & 15, value)


def _l32i(t, s, offset):
    return _rri8(2, t, s, offset >> 2)


def _s32i(t, s, offset):
    return _rri8(6, t, s, offset >> 2)


def _addi(t, s, value):
    return _rri8(12, t, s, value)


def _l32r(t, at, literal):
    """Load the word at address `literal`, before this instruction at address `at`."""
    return _bytes3((literal - (at + 3 & ~3) >> 2 & 0xFFFF) << 8 | t << 4 | 1)


def _syscall(number, *arguments):
    """`arguments` are instructions that set a6, a3, a4; put before the number's own register."""
    return b"".join(arguments) + _movi(2, number) + _rrr(0, 0, 5, 0, 0)


_ENTRY = b"\x36\x21\x00"  # entry a1, 16
_RETURN = b"\x1d\xf0"  # retw.n
_CALL_A8 = b"\xe0\x08\x00"  # callx8 a8

FLOOR_DIVIDE = (
    _ENTRY
    + _branch(2, 2, 15)  # dividend < 0: to the second half
    + _branch(3, 3, 21)  # both >= 0: divide
    + _rrr(12, 0, 2, 2, 3)  # a2 -= a3
    + _addi(2, 2, -1)
    + _jump(12)
    + _branch(2, 3, 9)  # both < 0: divide
    + _rrr(12, 0, 2, 2, 3)
    + _addi(2, 2, 1)
    + _rrr(13, 2, 2, 2, 3)  # quos
    + _RETURN
)
MODULO = (
    _ENTRY
    + _rrr(15, 2, 2, 2, 3)  # a2 = rems a2, a3
    + _branch(0, 2, 12)  # no remainder: done
    + _rrr(3, 0, 4, 2, 3)  # a4 = a2 ^ a3
    + _branch(3, 4, 6)  # same sign: done
    + _rrr(8, 0, 2, 2, 3)  # a2 += a3
    + _RETURN
)


def runtime_outside():
    """[(entry, code)] of what stands for a part of MicroPython that is estimated otherwise."""
    own = (_FLOOR_DIVIDE, _MODULO)
    return [(n, _stand_in(n)) for n in range(N_RUNTIME) if n not in own]


def runtime_counted():
    """[(entry, code)] of what the ESP32 executes much alike, to be counted with its kernel."""
    return [(_FLOOR_DIVIDE, FLOOR_DIVIDE), (_MODULO, MODULO)]


def _stand_in(number):
    if number in _IDENTITIES:
        return _ENTRY + _RETURN
    return _ENTRY + _syscall(_SYSCALL_EXIT, _movi(6, TRAP + number))


def loop(address, table, data, n_data_bytes):
    """(code, offset of its first instruction): calls all of `table`, writes `data`, exits."""
    literals = (table, data, n_data_bytes)
    start = address + 4 * len(literals)
    call = b"".join(
        (
            _l32i(11, 2, 4),
            _movi(12, 0),
            _l32i(13, 2, 8),
            _l32i(8, 2, 12),
            _CALL_A8,
            _s32i(10, 2, 16),
            _addi(2, 2, 4 * CALL_WORDS),
        )
    )
    # A fun_obj of zero ends the list: past the call and the jump back.
    body = _l32i(10, 2, 0) + _branch(0, 10, 3 + len(call) + 3) + call
    code = _l32r(2, start, address) + body + _jump(-len(body))
    at = start + len(code)
    code += _syscall(
        _SYSCALL_WRITE,
        _movi(6, 1),
        _l32r(3, at + 3, address + 4),
        _l32r(4, at + 6, address + 8),
    )
    code += _syscall(_SYSCALL_EXIT, _movi(6, 0))
    return pack("<3I", *literals) + code, 4 * len(literals)
