"""What the log costs the flash: bytes a call and a day, days kept, erases, how long flash lasts.

The five recorded calls are heard once. Days of eight hours with 100 of them go through the
firmware's own store: many days on plain files, for size and for how far back the ring reaches; some
days on real LittleFS with the chip's geometry, for its erases. Prints a table and writes
build/bench/flash.json. Flash is taken to last 100,000 erases of a block (W25Q32's data sheet).
Called by: `make bench-flash`. Units: bytes, ms, days.
"""

import argparse
import json
import tempfile
from pathlib import Path

from callclip.core import events, keys, records
from callclip.core.chain import Ratchet
from callclip.core.minute import MINUTE_FRAMES, Minute
from callclip.core.units import FRAME_MS
from callclip.ports.logpartition import ring_bytes
from callclip.store import Store
from rich.console import Console
from rich.table import Table

from host_tools import partitions
from simulator import calls, flashchip, runner
from simulator.recording import open_recording

FOLDER = Path(__file__).resolve().parent.parent / "build" / "bench"
T0_MS = 1_790_000_000_000
DAY_MS, WORK_MS, SECOND_MS = 86_400_000, 8 * 3_600_000, 1000
CALLS_A_DAY = 100
ERASES_OF_A_BLOCK = 100_000
CALL_WRITE_MS = 60_000  # core/flashtime.py: no oftener while a call goes on
_IDLE_CDB = -7000


def _record_of(code, t_frames, call, values, at_frames):
    """An EVENT's body as the unit would log it in a call that begins at at_frames."""
    names = events.TABLE[code][1]
    values = [
        value + at_frames if name in events.MOMENTS else value
        for name, value in zip(names, values, strict=True)
    ]
    return records.event(code, t_frames + at_frames, call, values)


def heard(names=calls.MORNING):
    """[(events, [(agent_cdb, line_cdb) a frame])] of recorded calls."""
    out = []
    for name in names:
        found = runner.run(open_recording(calls.sound_path(name)))
        levels = [(row["agent_cdb"], row["line_cdb"]) for row in found.frames]
        out.append((found.raw_events, levels))
    return out


def day_of(recorded):
    """[(ms of the day, type, body)], and [(from ms, to ms)] in which a call goes on."""
    slot_ms = WORK_MS // CALLS_A_DAY
    rows, busy, levels = [], [], []
    for i in range(CALLS_A_DAY):
        found, frames = recorded[i % len(recorded)]
        start_ms = i * slot_ms
        for code, t_frames, _call, values in found:
            body = _record_of(code, t_frames, i + 1, values, start_ms // FRAME_MS)
            rows.append((start_ms + t_frames * FRAME_MS, records.EVENT, body))
        busy.append((start_ms, start_ms + len(frames) * FRAME_MS))
        n_idle = slot_ms // FRAME_MS - len(frames)
        levels += [*frames, *[(_IDLE_CDB, _IDLE_CDB)] * n_idle]
    minute = Minute()
    for i, (agent_cdb, line_cdb) in enumerate(levels, 1):
        if minute.add(agent_cdb, line_cdb):
            fields = {"t_frames": i, "counts": minute.take()}
            rows.append((i * FRAME_MS, records.LEVELS, records.pack(records.LEVELS, fields)))
    assert len(levels) >= MINUTE_FRAMES
    return sorted(rows), busy


def work(store, clock, day, n_days):
    """Let a store live through so many days."""
    rows, busy = day
    for n in range(n_days):
        begun_ms = T0_MS + n * DAY_MS
        clock[0] = begun_ms
        store.start(1, lambda: clock[0], 30)
        fields = {"boot": store.boot, "reset_cause": 1, "firmware": "0.1.0", "unit_id": "0" * 12}
        store.append(records.BOOT, records.pack(records.BOOT, fields))
        fields = {"t_frames": 0, "unix_ms": begun_ms, "source": 1}
        store.append(records.CLOCK, records.pack(records.CLOCK, fields))
        _one_day(store, clock, begun_ms, rows, busy)


def _one_day(store, clock, begun_ms, rows, busy):
    i = call = 0
    written_ms = -CALL_WRITE_MS
    for now_ms in range(0, WORK_MS + 60_000, SECOND_MS):
        while i < len(rows) and rows[i][0] <= now_ms:
            rtype, body = rows[i][1:]
            is_end = rtype == records.EVENT and body[0] == events.CALL_ENDED
            store.append(rtype, body, is_end)  # as the journal does
            i += 1
        while call < len(busy) - 1 and busy[call][1] <= now_ms:
            call += 1
        clock[0] = begun_ms + now_ms
        in_call = busy[call][0] <= now_ms < busy[call][1]
        is_allowed = not in_call or now_ms - written_ms >= CALL_WRITE_MS
        # In a call every third second is a pause: nearer to the truth than always, or never.
        is_quiet = not in_call or now_ms // SECOND_MS % 3 == 0
        if (store.is_filling or is_allowed) and store.poll(is_quiet, now_ms):
            written_ms = now_ms
    store.sync()


def _store(folder, n_bytes):
    return Store(folder, n_bytes, ratchet=Ratchet(1, 0, keys.chain_key(bytes(32), 1)))


def kept(day, n_bytes, n_days):
    """Size of a day, and how many days of `n_days` are still there at the end."""
    with tempfile.TemporaryDirectory() as folder:
        store = _store(folder, n_bytes)
        clock = [0]
        work(store, clock, day, 1)
        day_bytes, n_writes = store.log_bytes, store.n_writes
        work(store, clock, day, n_days)
        oldest_ms = store._files.begun_ms(store.segments()[0][0])
        return {
            "bytes_a_day": day_bytes,
            "writes_a_day": n_writes,
            "days_kept": round((clock[0] - oldest_ms) / DAY_MS, 1),
            "records_lost": store.n_records_lost,
            "errors": store.n_errors,
        }


def worn(day, n_bytes, n_days):
    """Erases of the log's chip in so many days."""
    chip = flashchip.Chip(n_bytes // flashchip.BLOCK_BYTES)
    app = flashchip.Chip(16)
    board = flashchip.Board(flashchip.mounted(app, True), flashchip.mounted(chip, True))
    with board.running():
        work(_store("/log", ring_bytes(n_bytes)), [0], day, n_days)
    mean = sum(chip.n_erases) / chip.n_blocks / n_days
    hottest = max(chip.n_erases) / n_days
    return {
        "blocks": chip.n_blocks,
        "erases_a_day": round(sum(chip.n_erases) / n_days),
        "block_erases_a_day": round(mean, 2),
        "hottest_block_erases_a_day": round(hottest, 2),
        "life_years": round(ERASES_OF_A_BLOCK / mean / 365),
        "hottest_block_life_years": round(ERASES_OF_A_BLOCK / hottest / 365),
        "days_measured": n_days,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--days", type=int, default=35, help="days on plain files")
    parser.add_argument("--flash-days", type=int, default=5, help="days on LittleFS")
    args = parser.parse_args()
    day = day_of(heard())
    call_bytes = sum(len(body) + 2 for _ms, rtype, body in day[0] if rtype == records.EVENT)
    found = {
        "partition_bytes": partitions.LOG_BYTES,
        "ring_bytes": ring_bytes(partitions.LOG_BYTES),
        "calls_a_day": CALLS_A_DAY,
        "event_bytes_a_call": round(call_bytes / CALLS_A_DAY),
        **kept(day, ring_bytes(partitions.LOG_BYTES), args.days),
        **worn(day, partitions.LOG_BYTES, args.flash_days),
    }
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "flash.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    table = Table("what", "value")
    for name, value in found.items():
        table.add_row(name.replace("_", " "), str(value))
    Console().print(table)


if __name__ == "__main__":
    main()
