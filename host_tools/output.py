"""What goes where: results on stdout, talk about them on stderr.

With --json a command calls `show_json` and nothing else writes to stdout.
Called by: every command.
"""

import errno
import io
import json
import os
import sys
from contextlib import contextmanager

from host_tools.failure import Failure

STANDARD_OUTPUT = "standard output"  # its place in an error's words


class _NamedOutput(io.TextIOWrapper):
    """Standard output whose errors say that it was the one."""

    def write(self, text):
        try:
            return super().write(text)
        except OSError as error:
            error.filename = STANDARD_OUTPUT
            raise

    def flush(self):
        try:
            super().flush()
        except OSError as error:
            error.filename = STANDARD_OUTPUT
            raise


def name_standard_output():
    """From now on an OSError of sys.stdout has STANDARD_OUTPUT for its filename."""
    out = sys.stdout
    if isinstance(out, io.TextIOWrapper):
        settings = (out.encoding, out.errors, None, out.line_buffering, out.write_through)
        sys.stdout = _NamedOutput(out.detach(), *settings)


def show(text=""):
    """A result for people: one or more lines on stdout."""
    sys.stdout.write(text + "\n")


def show_json(value):
    """A result for programs: one JSON value on one line of stdout."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")


def say(text):
    """Talk on stderr: progress, hints, where a file was written."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def reason_of(error):
    """An OSError in words without its number and path: 'permission denied'."""
    text = error.strerror or str(error)
    return text[:1].lower() + text[1:]


def write_failure(path, error):
    """The Failure for a target that cannot be written."""
    remedy = "choose another place"
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        remedy = "free some space or choose another place"
    return Failure(f"{path}: cannot be written ({reason_of(error)}); {remedy}")


def _is_special(path):
    """A device or pipe (/dev/stdout, a FIFO): written in place, it cannot be renamed over."""
    return os.path.exists(path) and not os.path.isfile(path) and not os.path.isdir(path)


@contextmanager
def whole_file(path, mode="w"):
    """Open `path` so that it appears complete or not at all: temporary file beside it, then rename.

    mode is "w" (UTF-8 text, \\n line ends) or "wb". Raises Failure when it cannot be written.
    """
    text = {} if "b" in mode else {"encoding": "utf-8", "newline": "\n"}
    path = os.fspath(path)
    if os.path.isdir(path):
        raise Failure(f"{path}: is a folder; name a file in it")
    import tempfile  # here, because most commands write no file and it takes 5 ms

    if _is_special(path):
        with _guarded(path), open(path, mode, **text) as file:
            yield file
        return
    target = os.path.realpath(path)  # a symbolic link stays one; its file is replaced
    folder, name = os.path.split(target)
    with _guarded(path):
        handle, temporary = tempfile.mkstemp(prefix=f".{name[:40]}.", suffix=".part", dir=folder)
        try:
            with open(handle, mode, **text) as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            os.chmod(temporary, _mode_of(target))
            os.replace(temporary, target)
        except BaseException:
            os.unlink(temporary)
            raise


@contextmanager
def _guarded(path):
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise write_failure(path, error) from error


def _mode_of(path):
    """Permissions the finished file gets: those it had, or what the umask leaves of rw-rw-rw-."""
    if os.path.exists(path):
        return os.stat(path).st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
