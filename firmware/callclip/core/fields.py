"""Named integer fields to bytes and back: the one codec under log records and messages.

A layout is a tuple of (name, kind) rows. Fixed kinds are little endian; VAR is an unsigned LEB128
varint; ZIG a signed one, zigzag coded; STR one length byte and UTF-8; B16 and B32 that many bytes,
as they are. REST (bytes), ZIGS and VARS (rows of ZIG, of VAR) go to the end and stand last. New
fields are appended to a layout, never inserted: a reader ignores bytes behind the fields it knows,
and leaves out fields that an older writer did not send. The unit has its layouts as one piece of
bytes in flash (`table`), of which `rows` makes one row after the other.
Called by: records and protocol, on both sides of the cable. Off the frame path: it allocates.
Ref: LEB128 and zigzag as in https://protobuf.dev/programming-guides/encoding/
"""

U8, U16, U32, U64, I16, VAR, ZIG, STR, REST, ZIGS, B16, B32, VARS = range(13)
KIND_NAMES = (
    "u8", "u16", "u32", "u64", "i16", "var", "zig", "str", "rest", "zigs", "b16", "b32", "vars"
)  # fmt: skip

_SIZES = {U8: 1, U16: 2, U32: 4, U64: 8, I16: 2}
_BYTES = {B16: 16, B32: 32}
_MAX_VARINT_BYTES = 10  # 70 bits: more than any field, few enough that garbage ends soon


def table(layouts):
    """{number: layout} as bytes: for each its number and number of fields, then for each field its
    kind, its name's length, its name."""
    out = bytearray()
    for number in layouts:
        layout = layouts[number]
        out.extend(bytes((number, len(layout))))
        for name, kind in layout:
            out.extend(bytes((kind, len(name))) + name.encode())
    return bytes(out)


def rows(packed, number):
    """The rows of the layout of that number in a table, one after the other: all at once they are a
    kilobyte. KeyError: there is none."""
    at = 0
    while at < len(packed):
        is_it = packed[at] == number
        n_fields = packed[at + 1]
        at += 2
        for _field in range(n_fields):
            name_at = at + 2
            end = name_at + packed[at + 1]
            if is_it:
                yield str(packed[name_at:end], "utf-8"), packed[at]
            at = end
        if is_it:
            return
    raise KeyError(number)


def zigzag(value):
    """Signed to unsigned so that small magnitudes stay short: 0 -1 1 -2 -> 0 1 2 3."""
    return value * 2 if value >= 0 else -value * 2 - 1


def unzigzag(value):
    return -(value + 1) // 2 if value & 1 else value // 2


def _put_varint(out, value):
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)


def _get_varint(data, at):
    """(value, offset behind it); ValueError when the data ends inside it."""
    value = 0
    shift = 0
    while at < len(data) and shift < 7 * _MAX_VARINT_BYTES:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
        shift += 7
    raise ValueError("a varint has no end")


def _put_fixed(out, name, kind, value):
    n_bytes = _SIZES[kind]
    low = -(1 << 15) if kind == I16 else 0
    if not low <= value < low + (1 << (8 * n_bytes)):
        raise ValueError("{} = {} does not fit its {} bytes".format(name, value, n_bytes))
    if value < 0:
        value += 1 << 16
    out.extend(value.to_bytes(n_bytes, "little"))


def _put_var(out, name, value):
    if value < 0:
        raise ValueError("{} = {} is negative".format(name, value))
    _put_varint(out, value)


def _put_str(out, name, value):
    coded = value.encode()
    if len(coded) > 255:
        raise ValueError("{} is longer than 255 bytes".format(name))
    out.append(len(coded))
    out.extend(coded)


def pack(layout, values):
    """Bytes of a mapping, in the order of the layout. KeyError: a field is missing;
    ValueError: a value does not fit its kind."""
    out = bytearray()
    for name, kind in layout:
        value = values[name]
        if kind in _SIZES:
            _put_fixed(out, name, kind, value)
        elif kind == VAR:
            _put_var(out, name, value)
        elif kind == ZIG:
            _put_varint(out, zigzag(value))
        elif kind == STR:
            _put_str(out, name, value)
        elif kind == REST:
            out.extend(value)
        elif kind in _BYTES:
            if len(value) != _BYTES[kind]:
                raise ValueError("{} is not {} bytes long".format(name, _BYTES[kind]))
            out.extend(value)
        else:
            for one in value:
                _put_var(out, name, zigzag(one) if kind == ZIGS else one)
    return bytes(out)


def _get_one(kind, data, at):
    if kind in _SIZES:
        end = at + _SIZES[kind]
        if end > len(data):
            raise ValueError("the data ends inside a number")
        value = int.from_bytes(data[at:end], "little")
        if kind == I16 and value >= 1 << 15:
            value -= 1 << 16
        return value, end
    if kind == VAR:
        return _get_varint(data, at)
    if kind == ZIG:
        value, at = _get_varint(data, at)
        return unzigzag(value), at
    if kind in _BYTES:
        end = at + _BYTES[kind]
        if end > len(data):
            raise ValueError("the data ends inside a row of bytes")
        return bytes(data[at:end]), end
    end = at + 1 + data[at]
    if end > len(data):
        raise ValueError("the data ends inside a text")
    # str(bytes, "utf-8") reads the same on both Pythons; UnicodeError is a ValueError on both.
    return str(bytes(data[at + 1 : end]), "utf-8"), end


def unpack(layout, data):
    """A dict of the fields that the data holds. ValueError: it ends inside a field."""
    out = {}
    at = 0
    for name, kind in layout:
        if kind == REST:
            out[name] = bytes(data[at:])
            at = len(data)
        elif kind in (ZIGS, VARS):
            row = []
            while at < len(data):
                value, at = _get_varint(data, at)
                row.append(unzigzag(value) if kind == ZIGS else value)
            out[name] = tuple(row)
        elif at == len(data):
            return out
        else:
            out[name], at = _get_one(kind, data, at)
    return out
