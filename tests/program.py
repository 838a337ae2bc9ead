"""Runs the program `callclip` as a user does: a process of its own, seen from outside.

Called by: tests of the command line.
"""

import subprocess
import sys
from dataclasses import dataclass


@dataclass(frozen=True)
class Outcome:
    """How a command ended."""

    exit_code: int
    out: str
    err: str


def callclip(*words, folder=None, timeout_s=60):
    """Run `callclip` with these words in `folder`."""
    command = [sys.executable, "-m", "host_tools.cli", *map(str, words)]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=timeout_s, check=False
    )
    return Outcome(done.returncode, done.stdout, done.stderr)


def assert_refused(outcome, *parts, exit_code=2):
    """Bad input: the exit code, nothing on stdout, one sentence on stderr that has all `parts`."""
    assert outcome.exit_code == exit_code, outcome
    assert outcome.out == ""
    lines = outcome.err.splitlines()
    assert len(lines) == 1, outcome.err
    assert lines[0].startswith("callclip"), lines[0]
    for part in parts:
        assert str(part) in lines[0], f"{part!r} is not in: {lines[0]}"
