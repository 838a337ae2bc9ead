"""Archives of pulled logs for tests, made record by record as a unit writes them.

Called by: tests/host/test_report*.py, tests/browser.
"""

from callclip.core import chain, events, records

from host_tools import archive, report_calls
from tests.logbytes import LogWriter

MONDAY_MS = 1_715_587_200_000  # 13 May 2024, 08:00 UTC
CODES = {row[0]: code for code, row in events.TABLE.items()}

SUMMARY = {
    "duration_ms": 60_000,
    "talk_agent_ms": 24_000,
    "talk_customer_ms": 18_000,
    "overlap_ms": 2_000,
    "silence_ms": 20_000,
    "hold_ms": 0,
    "holds": 0,
    "longest_silence_ms": 2_500,
    "longest_hold_ms": 0,
    "interruptions_agent": 1,
    "interruptions_customer": 2,
    "backchannels": 3,
    "rings": 2,
    "answer_ms": 7_000,
    "asl_agent_cdb": -2600,
    "asl_customer_cdb": -2700,
    "noise_line_cdb": -6000,
    "syllables_per_min": 180,
    "strain": 12,
    "prompts": 1,
}


def row(name, t_s, call, **fields):
    """One event as the core puts it into the log; fields in ms or as integers."""
    code = CODES[name]
    values = []
    for field in events.TABLE[code][1]:
        value = fields.get(field, 0)
        words = events.ENUMS.get((code, field))
        if words and isinstance(value, str):
            value = words.index(value)
        elif field in events.MOMENTS:
            value = value // 20
        values.append(int(value))
    return code, round(t_s * 50), call, tuple(values)


def ended(t_s, call, end_s=None, cause="TONE", **changes):
    """CALL_ENDED detected at t_s, with SUMMARY but for the changes."""
    end_ms = round(1000 * (t_s if end_s is None else end_s))
    return row("CALL_ENDED", t_s, call, end_ms=end_ms, cause=cause, **(SUMMARY | changes))


def boot_records(seq, rows, unit_id, boot=1, unix_ms=MONDAY_MS, gap_ms=0, log_id=1):
    """Bytes of one boot's records, the first of them numbered seq; unix_ms None: no clock."""
    bodies = [
        (
            records.BOOT,
            {"boot": boot, "reset_cause": 1, "firmware": "0.1.0", "unit_id": unit_id},
        )
    ]
    if unix_ms is not None:
        bodies.append((records.CLOCK, {"t_frames": 0, "unix_ms": unix_ms, "source": 1}))
    if gap_ms:
        bodies.append((records.GAP, {"t_frames": 1, "lost_ms": gap_ms, "cause": 1}))
    writer = LogWriter(seq=seq, tag=chain.START if seq == 1 else bytes(range(16)))
    names = ("code", "t_frames", "call", "values")
    rows = [(records.EVENT, dict(zip(names, event, strict=True))) for event in rows]
    return writer.batch([writer.segment_row(log_id, 1, boot), *bodies]) + b"".join(
        writer.batch([row]) for row in rows
    )


def write(folder, rows, unit_id="24a160f0c1d2", log_id=1, **more):
    """An archive folder with one unit's log of one boot; returns the segment's path."""
    place = archive.log_folder(folder, unit_id, log_id)
    place.mkdir(parents=True, exist_ok=True)
    number = 1 + len(archive.segment_paths(place))
    path = archive.segment_path(place, number)
    first_seq = 1 + archive.read_log(place).n_records
    path.write_bytes(boot_records(first_seq, rows, unit_id, log_id=log_id, **more))
    return path


CALL = [
    row("RING", 10, 0, n=1),
    row("RING", 14, 0, n=2),
    row("CALL_STARTED", 17, 1, rings=2),
    row("DEAD_AIR", 30, 1, ms=10_000),
    ended(80, 1, end_s=77),
]
HELD = [
    row("CALL_STARTED", 200, 2, rings=0),
    row("HOLD_STARTED", 213, 2, cause="MUSIC", sure=1, since_ms=210_000),
    row("LONG_HOLD", 255, 2, n=1, ms=45_000, sure=1),
    row("HOLD_ENDED", 271, 2, ms=60_000),
    ended(320, 2, duration_ms=120_000, hold_ms=60_000, holds=1, longest_hold_ms=60_000, rings=0),
]
DROPPED = [  # the line drops at 440 s, and that was the end: no hold, no long hold
    row("CALL_STARTED", 400, 3, rings=0),
    row("HOLD_STARTED", 443, 3, cause="LINE_DROPPED", sure=0, since_ms=440_000),
    row("LONG_HOLD", 485, 3, n=1, ms=45_000, sure=0),
    row("LONG_HOLD", 515, 3, n=2, ms=75_000, sure=0),
    row("CALLBACK_DUE", 620, 3, ms=180_000),
    ended(740, 3, end_s=440, cause="LINE_DROPPED", duration_ms=40_000),
]


def units_of(folder):
    return report_calls.unit_logs(archive.read(folder))


def calls_of(folder):
    return [call for unit in units_of(folder) for call in unit.calls]
