"""Unpacks Rob Northen's compression, method 1, which the games of the nineties used.

    unpacked(bytes)   -> bytes

After an 18-byte header come blocks; each has three Huffman tables (of lengths of raw bytes, of
distances and of lengths to copy from what is already there) in a bit stream of little-endian
16-bit words, with the raw bytes between the words.
Called by: games.py. Ref: ScummVM, common/compression/rnc_deco.cpp.
"""

HEADER_BYTES = 18
MAGIC = b"RNC\x01"
LONGEST_CODE_BITS = 16


class _Bits:
    def __init__(self, data):
        self.data = data
        self.at = HEADER_BYTES
        self.held = 0
        self.held_bits = 0

    def take(self, n_bits):
        if self.held_bits < n_bits:
            word = int.from_bytes(self.data[self.at : self.at + 2], "little")
            self.held |= word << self.held_bits
            self.held_bits += 16
            self.at += 2
        out = self.held & ((1 << n_bits) - 1)
        self.held >>= n_bits
        self.held_bits -= n_bits
        return out

    def raw(self, n_bytes):
        self.at += n_bytes
        return self.data[self.at - n_bytes : self.at]


def _table(bits):
    """{(length, code as it comes in the stream): symbol} of a canonical Huffman code."""
    lengths = [bits.take(4) for _symbol in range(bits.take(5))]
    out, code = {}, 0
    for length in range(1, LONGEST_CODE_BITS + 1):
        for symbol, own in enumerate(lengths):
            if own == length:
                turned = format(code >> (LONGEST_CODE_BITS - length), f"0{length}b")[::-1]
                out[length, int(turned, 2)] = symbol
                code += 1 << (LONGEST_CODE_BITS - length)
    return out


def _value(bits, table):
    code = 0
    for length in range(1, LONGEST_CODE_BITS + 1):
        code |= bits.take(1) << (length - 1)
        symbol = table.get((length, code))
        if symbol is not None:
            return symbol if symbol < 2 else bits.take(symbol - 1) | 1 << (symbol - 1)
    raise ValueError("a code that no table knows: this is no RNC data")


def unpacked(data):
    if data[:4] != MAGIC:
        return bytes(data)
    out = bytearray()
    bits = _Bits(data)
    bits.take(2)
    for _block in range(data[HEADER_BYTES - 1]):
        raw, distances, lengths = _table(bits), _table(bits), _table(bits)
        for left in range(bits.take(16), 0, -1):
            out += bits.raw(_value(bits, raw))
            if left > 1:
                start = len(out) - _value(bits, distances) - 1
                n_bytes = _value(bits, lengths) + 2
                piece = out[start : start + n_bytes]
                while len(piece) < n_bytes:  # a copy may run into what it writes
                    piece += piece[: n_bytes - len(piece)]
                out += piece
    return bytes(out)
