"""Reads a configuration file (TOML, flat keys of core.config) and says what is wrong with it.

A complaint is one sentence: file, line, key, value, allowed range or the key that was meant.
Called by: `callclip configure`, `callclip sim run --config`.
"""

import re
import tomllib

from callclip.core import config

from host_tools.failure import Failure, did_you_mean
from host_tools.output import reason_of

_UNITS = {"ms": "ms", "cdb": "centi-dB", "pct": "%", "spm": "syllables a minute", "days": "days"}


def load(path):
    """The values of a configuration file as {key: int}, checked; raises Failure (exit code 2)."""
    text = _read(path)
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Failure(
            f"{path}: {_syntax_words(str(error))}; write each setting as key = number"
        ) from None
    tables = [key for key, value in values.items() if isinstance(value, dict)]
    if tables:
        line = _line_of(text, tables[0])
        raise Failure(f"{path}, line {line}: '{tables[0]}' is a table; write flat keys, no tables")
    found = config.problems(values)
    if found:
        raise Failure(_sentence(path, text, values, found))
    return {key: int(value) for key, value in values.items()}


def _read(path):
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except UnicodeDecodeError:
        raise Failure(
            f"{path}: is not UTF-8 text; give a TOML file with lines like key = number"
        ) from None
    except IsADirectoryError:
        raise Failure(f"{path}: is a folder; name a TOML file in it") from None
    except OSError as error:
        raise Failure(
            f"{path}: cannot be read ({reason_of(error)}); check the path and its rights"
        ) from None


def _syntax_words(message):
    """'Invalid value (at line 3, column 9)' -> 'line 3, column 9: invalid value'."""
    match = re.fullmatch(r"(.*) \(at (line .*)\)", message)
    if not match:
        return message[:1].lower() + message[1:]
    return f"{match[2]}: {match[1][:1].lower()}{match[1][1:]}"


def _line_of(text, key):
    """Number of the first line that sets `key` (bare or quoted, alone or in a table header)."""
    name = re.escape(key)
    pattern = re.compile(rf"""\s*\[*\s*["']?{name}["']?\s*[=.\]]""")
    for number, line in enumerate(text.splitlines(), 1):
        if pattern.match(line):
            return number
    return 1


def _sentence(path, text, values, found):
    located = sorted((_line_of(text, key), key, complaint) for key, complaint in found)
    line, key, complaint = located[0]
    words = f"{path}, line {line}: {_complaint(key, values[key], complaint)}"
    if len(located) > 1:
        others = ", ".join(f"{other} in line {number}" for number, other, _ in located[1:])
        words += f" (also wrong: {others})"
    return words


def _complaint(key, value, complaint):
    rows = {row[0]: row for row in config.SCHEMA}
    row = rows.get(key)
    if row is None:
        hint = did_you_mean(key, rows)
        if not hint.endswith("?"):
            hint = "; `callclip configure --help` tells where the keys are listed"
        return f"unknown key {key}{hint}"
    _name, default, low, high, meaning = row
    shown = str(value).lower() if isinstance(value, bool) else repr(value)
    unit = _UNITS.get(key.rpartition("_")[2], "")
    span = f"{low} to {high}{' ' + unit if unit else ''}"
    verdict = "is out of range" if "outside" in complaint else "is not a whole number"
    return f"{key} = {shown} {verdict}; allowed is {span}, default {default} ({meaning})"
