"""Consistent Overhead Byte Stuffing: any bytes as bytes without a zero.

Costs one byte in 254. The zero is then free to end a frame, so a reader that joins late, or after
garbage, is in step again at the next zero.
Called by: protocol, on both sides of the cable.
Ref: Cheshire and Baker, IEEE/ACM Transactions on Networking 7(2), 1999.
"""


def encode(data):
    """Stuffed bytes, without the closing zero."""
    out = bytearray(1)
    code_at = 0
    code = 1
    for byte in data:
        if code == 255:  # 254 bytes without a zero: close the block only if more follows
            out[code_at] = 255
            code_at = len(out)
            out.append(0)
            code = 1
        if byte:
            out.append(byte)
            code += 1
        else:
            out[code_at] = code
            code_at = len(out)
            out.append(0)
            code = 1
    out[code_at] = code
    return bytes(out)


def decode(data):
    """The bytes that were stuffed. ValueError when `data` is no such thing."""
    out = bytearray()
    at = 0
    end = len(data)
    if end == 0:
        raise ValueError("an empty frame")
    while at < end:
        code = data[at]
        stop = at + code
        if code == 0 or stop > end:
            raise ValueError("a stuffing code points outside the frame")
        for i in range(at + 1, stop):
            if data[i] == 0:
                raise ValueError("a zero inside the frame")
            out.append(data[i])
        at = stop
        if code < 255 and at < end:
            out.append(0)
    return bytes(out)
