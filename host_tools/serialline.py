"""Opens a serial port for a unit, or says in one sentence why not.

DTR and RTS stay off, as a change of them resets most boards; nobody else may have the port open.
Called by: link. Ref: docs/protocol.md, section 1.
"""

import serial

from host_tools.failure import BAD_INPUT, NOT_REACHABLE, Failure

BAUD = 115200


def open_port(port):
    """A serial port without waking DTR/RTS, which would reset most boards."""
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


def _open_failure(port, error):
    text = str(error)
    if "No such file" in text or "FileNotFound" in text:
        return Failure(f"{port}: no such port; `callclip devices` lists them", NOT_REACHABLE)
    if "Permission denied" in text:
        remedy = "add yourself to the group that owns it (often dialout) and log in again"
        return Failure(f"{port}: permission denied; {remedy}", NOT_REACHABLE)
    if "exclusively lock" in text or "busy" in text.lower():
        return Failure(f"{port}: in use by another program; close that one", NOT_REACHABLE)
    if "Could not configure" in text or "Inappropriate ioctl" in text:
        return Failure(f"{port}: not a serial port; `callclip devices` lists them", BAD_INPUT)
    return Failure(f"{port}: cannot be opened ({text}); check the cable", NOT_REACHABLE)
