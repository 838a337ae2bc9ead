"""The examples of docs/protocol.md and docs/log-format.md, made anew by the code.

An example is two or more lines of a fenced block: what it is, then its bytes in hex, as

    LOG_READ request, id 12: segment=3 offset_bytes=0 n_bytes=1024
    00 05 01 07 0c ...

`answer`, `error` and `note` are the unit's; `record` is a log record, and `batch` the batch of the
records whose bytes stand in its `records`, with its seq in place of id.
Values: integers, "texts", x'00ff' bytes, values=(1,-2) a row of integers.
"""

import re
import shlex

from callclip.core import batches, protocol, records

_HEAD = re.compile(
    r"([A-Z_]+) (request|answer|error|note|record|batch)(?:, (?:id|seq) (\d+))?(?:: (.*))?"
)
_HEX = re.compile(r"(?:[0-9a-f]{2} ?)+")


def _value(text):
    if re.fullmatch(r"-?\d+", text):
        return int(text)
    if text.startswith("x"):
        return bytes.fromhex(text[1:].replace("_", ""))
    if text.startswith("("):
        return tuple(int(one) for one in text.strip("()").split(",") if one)
    return text


def _values(text):
    """`a=1 b="two words"` -> {"a": 1, "b": "two words"}; a quoted number stays a text."""
    out = {}
    for word in shlex.split(text or "", posix=False):
        name, _equals, value = word.partition("=")
        out[name] = value[1:-1] if value[:1] == '"' else _value(value)
    return out


def made_by_code(head):
    """Bytes of an example, from its first line."""
    name, kind, number, words = _HEAD.fullmatch(head).groups()
    number = int(number or 0)
    values = _values(words)
    if kind == "record":
        rtype = {row[0]: code for code, row in records.TYPES.items()}[name]
        return records.encode(rtype, records.pack(rtype, values))
    if kind == "batch":
        before, behind = batches.close(values["key"], values["before"], number, [values["records"]])
        return before + values["records"] + behind
    mtype = {row[0]: code for code, row in protocol.MESSAGES.items()}[name]
    if kind == "request":
        return protocol.request(mtype, number, values)
    if kind == "answer":
        return protocol.answer(mtype, number, values)
    if kind == "note":
        return protocol.note(mtype, values)
    return protocol.error(mtype, number, values["code"], values["sentence"])


def as_hex(data):
    """Hex in lines of 24 bytes."""
    lines = [data[at : at + 24].hex(" ") for at in range(0, len(data), 24)]
    return "\n".join(lines)


def examples(page):
    """(first line, bytes on the page) of every example."""
    lines = page.splitlines()
    for i, line in enumerate(lines):
        if _HEAD.fullmatch(line):
            after = i + 1
            while after < len(lines) and _HEX.fullmatch(lines[after].strip()):
                after += 1
            yield line, bytes.fromhex(" ".join(lines[i + 1 : after]))
