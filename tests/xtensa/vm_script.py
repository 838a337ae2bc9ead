"""The 32-bit VM's side: calls as JSON lines on standard input, what they gave on standard output.

In: {"kernel": "module.function", "buffers": [hex ...], "arguments": [int, [index] or
{"pack": [int or [index] ...]} ...]}.
Out: {"result": int or null, "buffers": [hex ...]}.
Called by: calls.py.
"""

import binascii
import json
import sys

from callclip.core.pack import pack


def argument(x, buffers):
    if isinstance(x, int):
        return x
    if isinstance(x, dict):
        return pack(*[argument(part, buffers) for part in x["pack"]])
    return buffers[x[0]]


for line in sys.stdin:
    call = json.loads(line)
    module, function = call["kernel"].split(".")
    kernel = getattr(
        __import__("callclip.core.kernels." + module, None, None, [function]), function
    )
    buffers = [bytearray(binascii.unhexlify(text)) for text in call["buffers"]]
    result = kernel(*[argument(x, buffers) for x in call["arguments"]])
    texts = [binascii.hexlify(buffer).decode() for buffer in buffers]
    print(json.dumps({"result": result, "buffers": texts}))
