"""Opens a serial port for a unit, or says in one sentence why not.

DTR and RTS stay off, as a change of them resets most boards; nobody else may have the port open.
Called by: link, cmd_flash, cmd_devices. Ref: docs/protocol.md, section 1.
"""

import os
import stat

import serial

from host_tools.failure import BAD_INPUT, NOT_REACHABLE, Failure

BAUD = 115200
LEAST_BAUD, MOST_BAUD = 9600, 4_000_000
LISTED = "; `callclip devices` lists them"


def baud():
    """The line's rate: BAUD, or what CALLCLIP_BAUD in the environment names, for units whose
    MicroPython was built with another one."""
    text = os.environ.get("CALLCLIP_BAUD", "").strip()
    if not text:
        return BAUD
    if not text.isdecimal() or not LEAST_BAUD <= int(text) <= MOST_BAUD:
        words = f"'{text}' is no rate from {LEAST_BAUD} to {MOST_BAUD} baud"
        raise Failure(f"CALLCLIP_BAUD: {words}; unset it for {BAUD}")
    return int(text)


def open_port(port):
    """A serial port without waking DTR/RTS, which would reset most boards."""
    refuse_file(port)
    line = serial.Serial()
    line.port = port
    line.baudrate = baud()
    line.timeout = 0.02
    line.write_timeout = 2
    line.dtr = False
    line.rts = False
    line.exclusive = True
    try:
        line.open()
    except (serial.SerialException, OSError, ValueError) as error:
        raise _open_failure(port, error) from error
    return line


def refuse_file(port):
    """Failure when `port` is a folder or a file, which esptool, too, would take for a port."""
    try:
        mode = os.stat(port).st_mode
    except (OSError, ValueError):
        return  # whoever opens it says why it cannot be
    if stat.S_ISDIR(mode) or stat.S_ISREG(mode):
        raise _no_serial_port(port)


def _no_serial_port(port):
    return Failure(f"{port}: not a serial port{LISTED}", BAD_INPUT)


def _open_failure(port, error):
    text = str(error)
    if "No such file" in text or "FileNotFound" in text:
        return Failure(f"{port}: no such port{LISTED}", NOT_REACHABLE)
    if "Permission denied" in text:
        remedy = "add yourself to the group that owns it (often dialout) and log in again"
        return Failure(f"{port}: permission denied; {remedy}", NOT_REACHABLE)
    if "exclusively lock" in text or "busy" in text.lower():
        return Failure(f"{port}: in use by another program; close that one", NOT_REACHABLE)
    if "Could not configure" in text or "Inappropriate ioctl" in text:
        return _no_serial_port(port)
    reason = os.strerror(error.errno).lower() if getattr(error, "errno", None) else text
    return Failure(f"{port}: cannot be opened ({reason}); check the cable", NOT_REACHABLE)
