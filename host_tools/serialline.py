"""Opens a serial port for a unit, or says in one sentence why not.

DTR and RTS stay off, as a change of them resets most boards; nobody else may have the port open.
Called by: link, cmd_flash, cmd_devices. Ref: docs/protocol.md, section 1.
"""

import os
import stat

import serial

from host_tools.failure import BAD_INPUT, NOT_REACHABLE, Failure

BAUD = 115200
LISTED = "; `callclip devices` lists them"


def open_port(port):
    """A serial port without waking DTR/RTS, which would reset most boards."""
    refuse_file(port)
    line = serial.Serial()
    line.port = port
    line.baudrate = BAUD
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
