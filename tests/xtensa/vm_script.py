"""The 32-bit VM's side: calls as JSON lines on standard input, what they gave on standard output.

In: {"kernel": "module.function", "buffers": [hex ...], "arguments": [int or [index] ...]}.
Out: {"result": int or null, "buffers": [hex ...]}.
Called by: calls.py.
"""

import binascii
import json
import sys

for line in sys.stdin:
    call = json.loads(line)
    module, function = call["kernel"].split(".")
    kernel = getattr(
        __import__("callclip.core.kernels." + module, None, None, [function]), function
    )
    buffers = [bytearray(binascii.unhexlify(text)) for text in call["buffers"]]
    arguments = [x if isinstance(x, int) else buffers[x[0]] for x in call["arguments"]]
    result = kernel(*arguments)
    texts = [binascii.hexlify(buffer).decode() for buffer in buffers]
    print(json.dumps({"result": result, "buffers": texts}))
