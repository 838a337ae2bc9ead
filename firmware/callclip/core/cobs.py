"""Consistent Overhead Byte Stuffing: any bytes as bytes without a zero.

Costs one byte in 254. The zero is then free to end a frame, so a reader that joins late, or after
garbage, is in step again at the next zero.
Called by: protocol, on both sides of the cable.
Ref: Cheshire and Baker, IEEE/ACM Transactions on Networking 7(2), 1999.
"""


def framed(data):
    """Stuffed bytes between two zeros, as a bytearray of its own. data: bytes or bytearray.

    Made in one piece: a page of the log in four copies is what a full heap has no room for.
    """
    out = bytearray(len(data) + 3)
    at = 0
    put = 1
    end = len(data)
    while True:
        # Whole runs at a time: byte by byte a page of the log would take the ESP32 longer than
        # the line.
        zero = data.find(b"\x00", at, at + 254)
        stop = zero if zero >= 0 else min(at + 254, end)
        out[put] = stop - at + 1
        put += 1
        out[put : put + stop - at] = data[at:stop]
        put += stop - at
        if zero >= 0:
            at = zero + 1  # a zero at the very end leaves an empty last run
        elif stop < end:
            at = stop
            out.append(0)  # one more code than zeros
        else:
            return out


def decode(data):
    """The bytes that were stuffed. ValueError when `data` is no such thing."""
    out = bytearray()
    at = 0
    end = len(data)
    if end == 0:
        raise ValueError("an empty frame")
    while at < end:
        stop = at + data[at]
        if stop == at or stop > end:
            raise ValueError("a stuffing code points outside the frame")
        out.extend(data[at + 1 : stop])
        if stop - at < 255 and stop < end:
            out.append(0)
        at = stop
    if data.find(b"\x00") >= 0:
        raise ValueError("a zero inside the frame")
    return bytes(out)
