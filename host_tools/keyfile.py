"""Key files: the site key on IT's computer, and what others get derived from it.

A small TOML file, readable by its owner alone:

    kind = "site"          # or "supervisor", "agent"
    key = "<64 hex digits>"
    log_key = "<64 hex digits>"   # supervisor: verifies logs; IT derives it
    unit = "02c1a55e7701"         # agent: the one unit the key opens

A supervisor's file opens every unit of the site as supervisor, an agent's one unit as agent;
neither leads back to the site key. Keys are never printed.
Called by: cmd_keygen, cmd_configure, and every command with --key. Ref: core/keys.py.
"""

import os
import secrets
import stat
import tomllib
from dataclasses import dataclass, field

from callclip.core import keys

from host_tools.failure import Failure
from host_tools.output import reason_of, write_failure

KINDS = {"site": keys.IT, "supervisor": keys.SUPERVISOR, "agent": keys.AGENT}
_HEX_DIGITS = 2 * keys.KEY_BYTES


@dataclass(frozen=True)
class KeyFile:
    """What a key file holds. `key`: the site key, a supervisor's role key, an agent's unit key."""

    path: str
    kind: str
    key: bytes = field(repr=False)
    log_key: bytes = field(default=b"", repr=False)
    unit: str = ""

    @property
    def role(self):
        return KINDS[self.kind]

    def unit_key(self, unit_id):
        """The key that this file has for a unit. Failure: it is for another one."""
        if self.kind == "site":
            return keys.unit_key(keys.role_key(self.key, keys.IT), unit_id)
        if self.kind == "supervisor":
            return keys.unit_key(self.key, unit_id)
        if self.unit != unit_id:
            words = f"is the key of unit {self.unit}, not of {unit_id}; use that unit's file"
            raise Failure(f"{self.path}: {words}")
        return self.key

    def log_unit_key(self, unit_id):
        """The key from which a unit's log chain begins, or None: this file cannot verify it."""
        if self.kind == "site":
            return keys.unit_key(keys.role_key(self.key, keys.LOG), unit_id)
        return keys.unit_key(self.log_key, unit_id) if self.log_key else None

    def for_unit(self, unit_id, epoch):
        """What a unit is given, in the order of KEYS_SET. A site key only."""
        roles = (keys.IT, keys.SUPERVISOR, keys.AGENT)
        held = [keys.unit_key(keys.role_key(self.key, role), unit_id) for role in roles]
        return b"".join(held) + keys.first_chain_key(self.key, unit_id, epoch)

    def derived(self, kind, unit=""):
        """A supervisor's or an agent's file, still without a path, from the site's."""
        key = keys.role_key(self.key, KINDS[kind])
        if kind == "agent":
            return KeyFile("", kind, keys.unit_key(key, unit), unit=unit)
        return KeyFile("", kind, key, keys.role_key(self.key, keys.LOG))


def new_site_key():
    return KeyFile("", "site", secrets.token_bytes(keys.KEY_BYTES))


def write(path, made):
    """Write a key file that only its owner can read; an existing file is never replaced."""
    lines = [
        "# A callclip key: keep it secret, keep a copy in a safe place.",
        f'kind = "{made.kind}"',
    ]
    lines.append(f'key = "{made.key.hex()}"')
    if made.log_key:
        lines.append(f'log_key = "{made.log_key.hex()}"')
    if made.unit:
        lines.append(f'unit = "{made.unit}"')
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        words = "is there already; keys are never overwritten, choose another name"
        raise Failure(f"{path}: {words}") from None
    except OSError as error:
        raise write_failure(path, error) from error
    with open(handle, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
        file.flush()
        os.fsync(file.fileno())


def load(path):
    """The KeyFile at `path`; Failure with its place when it is none."""
    try:
        with open(path, "rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            values = tomllib.load(file)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise _no_key(path) from None
    except OSError as error:
        words = f"cannot be read ({reason_of(error)}); `callclip keygen` makes one"
        raise Failure(f"{path}: {words}") from None
    if mode & 0o077:
        raise Failure(f"{path}: can be read by others (mode {mode:04o}); run chmod 600 on it")
    kind = values.get("kind")
    if kind not in KINDS:
        raise _no_key(path)
    found = KeyFile(
        str(path), kind, _key_in(path, values, "key"),
        _key_in(path, values, "log_key") if "log_key" in values else b"",
        str(values.get("unit", "")),
    )  # fmt: skip
    if kind == "agent" and not found.unit:
        raise _no_key(path)
    return found


def load_site(path):
    """A KeyFile that can give units their keys."""
    found = load(path)
    if found.kind != "site":
        words = f"is a key of kind '{found.kind}'; units get their keys from the site key"
        raise Failure(f"{path}: {words}")
    return found


def _key_in(path, values, name):
    text = values.get(name)
    try:
        key = bytes.fromhex(text) if isinstance(text, str) and len(text) == _HEX_DIGITS else b""
    except ValueError:
        key = b""
    if not key:
        raise Failure(f"{path}: {name} is not {_HEX_DIGITS} hex digits; take the file's safe copy")
    return key


def _no_key(path):
    return Failure(f"{path}: is no callclip key; `callclip keygen` makes one")
