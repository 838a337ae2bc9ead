"""`callclip pull --mine`: everything that is stored about a unit, for the one who wears it.

The log as it is on the unit, record by record, with times and the sentences people read; the
settings; what the unit says about itself. Nothing is kept on this computer and nothing is changed
on the unit.
Called by: cmd_pull. Ref: docs/privacy.md.
"""

import datetime
import tempfile

from callclip.core import config, records

from host_tools import archive, segmentfile
from host_tools.link import Client
from host_tools.many import exit_code_of, on_each, tell_failures
from host_tools.output import show, show_json
from host_tools.pulling import Pull
from host_tools.words import figures_of, title_of, words_of

_WHEN = ("boot", "t_frames", "is_unix")  # told by _moment


def everything(client):
    """A dict with all that the unit stores: unit, configuration, records, events."""
    with tempfile.TemporaryDirectory(prefix="callclip-") as folder:
        pull = Pull(client, folder, is_reading=True)
        result = pull.run()
        rows = []
        for path in archive.segment_paths(pull.folder):
            rows += _records(path)
        events = list(archive.event_rows(pull.log))
    kept = ("unit", "unit_number", "bytes", "proof", "damages")
    return {
        **{name: result[name] for name in kept},
        "hello": client.hello,
        "configuration": client.configuration()[0],
        "records": rows,
        "events": events,
    }


def _records(path):
    """Every record of a segment with all its fields."""
    out = []
    for item in segmentfile.read_batches(path, path.read_bytes()):
        if not isinstance(item, segmentfile.Batch):
            continue
        for _at, rtype, seq, body in item.records:
            name = records.TYPES[rtype][0] if rtype in records.TYPES else f"TYPE_{rtype}"
            row = {"seq": seq, "record": name}
            if rtype in records.TYPES:
                values = records.unpack(rtype, body)
                row |= {k: v.hex() if isinstance(v, bytes) else v for k, v in values.items()}
            out.append(row)
    return out


def _moment(event):
    if not event["is_unix"]:
        return f"{event['t_ms'] / 1000:.1f} s after start {event['boot']}"
    return _local(event["t_ms"]).strftime("%Y-%m-%d %H:%M:%S")


def _local(unix_ms):
    return datetime.datetime.fromtimestamp(unix_ms / 1000)


def _figures(event):
    """An event's figures in words; when it was stands before them."""
    told = {field: value for field, value in event.items() if field not in _WHEN}
    if not event["is_unix"] or "since_ms" not in told:
        return figures_of(told)
    since = _local(told.pop("since_ms")).strftime("%H:%M:%S")
    return ", ".join(words for words in (figures_of(told), f"since {since}") if words)


def _tell(row):
    show(f"unit {row['unit']}, number {row['unit_number'] or '-'}: {row['bytes']} bytes stored")
    show(f"  {row['proof']}")
    show("what it noted, in its order:")
    for event in row["events"]:
        parts = [_moment(event), title_of(event), _figures(event), words_of(event)]
        show("  " + "  ".join(part for part in parts if part))
    counts = {}
    for record in row["records"]:
        counts[record["record"]] = counts.get(record["record"], 0) + 1
    show("all records: " + (", ".join(f"{n} {name}" for name, n in counts.items()) or "none"))
    show("  (LEVELS are how many of a minute's frames were how loud; --json shows each field)")
    show("settings:")
    helps = {name: words for name, _default, _low, _high, words in config.SCHEMA}
    for name, value in row["configuration"].items():
        show(f"  {name} = {value}  ({helps[name]})" if name in helps else f"  {name} = {value}")
    hello = row["hello"]
    keys = "keys of its own" if hello.get("is_keyed") else "no keys"
    show(f"about itself: firmware {hello['firmware']}, start {hello['boot']}, {keys};")
    show("  and 44 numbers about the ringer of its phone, if it was taught that")
    show("No sound, no words and no voice are stored: no record has a field for them.")


def show_all(ports, key, timeout_s, is_json):
    """The exit code; rows go to stdout."""

    def one(port):
        with Client(port, timeout_s, key) as client:
            return everything(client)

    rows = on_each(ports, one)
    done = [row for row in rows if "records" in row]
    if is_json:
        show_json(rows)
    else:
        for row in done:
            _tell(row)
    tell_failures(rows, "could not be read")
    return exit_code_of(rows)
