"""The examples of docs/protocol.md and docs/log-format.md, made anew by the code.

An example is two or more lines of a fenced block: what it is, then its bytes in hex, as

    LOG_READ request, id 12: segment=3 offset_bytes=0 n_bytes=1024
    00 05 01 07 0c ...

`answer`, `error` and `note` are the unit's; `record` is a log record, and `batch` the batch of the
records whose bytes stand in its `records`, with its seq in place of id. What is `sealed` has a
counter, and is sealed with the key of the page's own example of a log-in.
Values: integers, "texts", x'00ff' bytes, values=(1,-2) a row of integers.
"""

import re
import shlex

from callclip.core import batches, fields, protocol, records, session
from callclip.core.keys import SUPERVISOR

_HEAD = re.compile(
    r"([A-Z_]+) (sealed )?(request|answer|error|note|record|batch)(?:, (?:id|seq) (\d+))?"
    r"(?:, counter (\d+))?(?:: (.*))?"
)
# The log-in that docs/protocol.md shows.
UNIT_KEY = bytes(range(32))
ABOUT = session.challenge(
    SUPERVISOR, bytes(range(16)), bytes(range(0xF0, 0x100)), 3, 1, "02c1a55e7701"
)
SESSION_KEY = session.session_key(UNIT_KEY, ABOUT)

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
    name, is_sealed, kind, number, counter, words = _HEAD.fullmatch(head).groups()
    number = int(number or 0)
    values = _values(words)
    if kind == "record":
        rtype = {row[0]: code for code, row in records.TYPES.items()}[name]
        return records.encode(rtype, records.pack(rtype, values))
    if kind == "batch":
        before, behind = batches.close(values["key"], values["before"], number, [values["records"]])
        return before + values["records"] + behind
    mtype = {row[0]: code for code, row in protocol.MESSAGES.items()}[name]
    if kind == "note":
        return protocol.note(mtype, values)
    if kind == "request":
        body = fields.pack(protocol.MESSAGES[mtype][1], values)
    elif kind == "answer":
        body = protocol.answer_body(mtype, values)
    else:
        body = protocol.error_body(values["code"], values["sentence"])
    if kind != "request":
        mtype |= protocol.ANSWER
    if is_sealed:
        return session.seal(SESSION_KEY, mtype, number, body, int(counter))
    return protocol.frame(mtype, number, body)


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
