"""How much of the line a pull uses: `LogFetch` over an emulated serial line, both ways at its rate.

The unit is the firmware's own link, service and store in the real VM (tests/vm/desk_unit.py), with
keys, so that each page carries its seal; the line passes a tenth of its baud rate in bytes a
second, as a UART with one start and one stop bit does. Counted are bytes of log on the disk, not of
frames, over the whole time of the fetch, with hashes and acknowledgements. Prints a table and
writes build/bench/link.json; `share_921600` is the figure to look at. On a busy computer it is too
low: the best of several runs counts.
Called by: `make bench-link`.
"""

import json
import sys
import tempfile
import time
from pathlib import Path

from host_tools import archive, keyfile, provision
from host_tools.link import Client
from host_tools.logfetch import LogFetch
from host_tools.pullprogress import Silent
from simulator.cable import Cable
from tests.host.desk import Desk

OUT = Path(__file__).resolve().parent.parent / "build/bench/link.json"
RATES = (921_600, 115_200)
N_EVENTS = {921_600: 18_000, 115_200: 4_000}
SEGMENT_BYTES = 32_704  # as on the unit
N_RUNS = 3


def measure(baud, folder):
    """One pull over a line of that rate: (bytes of log, seconds, bytes on the line to the host)."""
    site = keyfile.KeyFile("bench", "site", bytes(range(32)))
    with Desk(folder / "unit", N_EVENTS[baud], segment_bytes=SEGMENT_BYTES) as desk:
        with Client(desk.port, 60) as client:
            provision.open_unit(client, site)
        with Cable(desk.port, baud=baud) as line, Client(line.port, 60, site) as client:
            log_id, rows, _head = client.segments()
            target = archive.log_folder(folder / "logs", client.hello["unit_id"], log_id)
            fetch = LogFetch(client, target, False)
            n_line_bytes = line.n_bytes
            began = time.perf_counter()
            with Silent().task("", 1) as progress:
                fetch.run(rows, progress)
            took_s = time.perf_counter() - began
            return fetch.n_new_bytes, took_s, line.n_bytes - n_line_bytes


def best_of(baud, n_runs):
    """The run with the highest share of the line, as a dict."""
    best = None
    for _ in range(n_runs):
        with tempfile.TemporaryDirectory(prefix="callclip-bench-") as name:
            n_bytes, took_s, n_line_bytes = measure(baud, Path(name))
        row = {
            "baud": baud,
            "bytes": n_bytes,
            "seconds": round(took_s, 3),
            "bytes_s": round(n_bytes / took_s),
            "share": round(n_bytes / took_s / (baud / 10), 4),
            "log_share_of_line_bytes": round(n_bytes / n_line_bytes, 4),
        }
        if best is None or row["share"] > best["share"]:
            best = row
    return best


def main():
    rows = [best_of(baud, N_RUNS) for baud in RATES]
    for row in rows:
        print(
            f"{row['baud']:>7} baud: {row['bytes']} bytes in {row['seconds']} s, "
            f"{row['bytes_s']} bytes/s, {row['share']:.1%} of the line"
        )
    OUT.parent.mkdir(parents=True, exist_ok=True)
    report = {f"share_{row['baud']}": row["share"] for row in rows} | {"runs": rows}
    OUT.write_text(json.dumps(report, indent=1) + "\n")
    print(f"written to {OUT.relative_to(OUT.parents[2])}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
