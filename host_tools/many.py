"""Many units at once: the same work on every port, and one table row for each result.

A unit that fails does not stop the others; its row says why.
Called by: cmd_configure, cmd_devices, cmd_check.
"""

from concurrent.futures import ThreadPoolExecutor

from host_tools.failure import DONE, NOT_REACHABLE, PARTLY, Failure
from host_tools.output import say, show

MAX_AT_ONCE = 16


def attached_ports():
    """Serial ports of this computer that a USB device stands behind, by name."""
    from serial.tools import list_ports

    return sorted(port.device for port in list_ports.comports() if port.vid is not None)


def on_each(ports, work):
    """`work(port)` -> dict on all ports at once: a list of dicts with port, is_ok, reason added,
    in the order of `ports`; exit_code says why a row failed."""

    def row_of(port):
        row = {"port": port, "is_ok": True, "reason": "", "exit_code": DONE}
        try:
            row |= work(port)
        except Failure as failure:
            words = failure.sentence.removeprefix(f"{port}: ")
            row |= {"is_ok": False, "reason": words, "exit_code": failure.exit_code}
        return row

    if not ports:
        return []
    with ThreadPoolExecutor(min(len(ports), MAX_AT_ONCE)) as pool:
        return list(pool.map(row_of, ports))


def exit_code_of(rows):
    """0 all done; one unit: its own code; several: 3 when none answered, else 1."""
    failed = [row for row in rows if not row["is_ok"]]
    if not failed:
        return DONE
    if len(rows) == 1:
        return failed[0]["exit_code"]
    if len(failed) == len(rows) and all(row["exit_code"] == NOT_REACHABLE for row in rows):
        return NOT_REACHABLE
    return PARTLY


def is_lone_failure(rows):
    """One unit, and it failed: stderr gives its reason, which no table need repeat."""
    return len(rows) == 1 and not rows[0]["is_ok"]


def tell_failures(rows, what):
    """On stderr: why the only unit failed, or how many of them did."""
    failed = [row for row in rows if not row["is_ok"]]
    if is_lone_failure(rows):
        say(f"callclip: {failed[0]['port']}: {failed[0]['reason']}")
    elif failed:
        say(f"callclip: {len(failed)} of {len(rows)} units {what}")


def unique(ports):
    """The ports without repetition, or Failure: the same unit must not be opened twice."""
    twice = [port for i, port in enumerate(ports) if port in ports[:i]]
    if twice:
        raise Failure(f"{twice[0]}: is named twice; name each port once")
    return list(ports)


def show_table(headers, rows):
    """Text columns, each as wide as its widest cell."""
    lines = [headers, *[[str(cell) for cell in row] for row in rows]]
    widths = [max(len(line[i]) for line in lines) for i in range(len(headers))]
    for line in lines:
        show(
            "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        )
