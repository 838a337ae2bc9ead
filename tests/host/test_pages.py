"""docs/protocol.md and docs/log-format.md against the code: tables, limits, every hex example."""

import re
import zlib
from pathlib import Path

import pytest
from callclip.core import config, events, fields, protocol, records, transitions
from callclip.core.frame import STATE_NAMES
from callclip.core.signals import SIGNALS

from host_tools import archive
from tests.host.page_examples import examples, made_by_code

DOCS = Path(__file__).resolve().parents[2] / "docs"
PROTOCOL = (DOCS / "protocol.md").read_text(encoding="utf-8")
LOG_FORMAT = (DOCS / "log-format.md").read_text(encoding="utf-8")
BOTH = [*examples(PROTOCOL), *examples(LOG_FORMAT)]


@pytest.mark.parametrize(("head", "data"), BOTH, ids=[head[:40] for head, _data in BOTH])
def test_an_example_is_what_the_code_makes(head, data):
    assert data == made_by_code(head)


def layout_words(layout):
    words = ", ".join(f"`{name}` {fields.KIND_NAMES[kind]}" for name, kind in layout)
    return words or "nothing"


@pytest.mark.parametrize("mtype", protocol.MESSAGES)
def test_every_message_is_in_the_table_and_has_an_example(mtype):
    name, request, answer = protocol.MESSAGES[mtype]
    is_note = mtype in (protocol.NOTE_EVENT, protocol.NOTE_LIVE)
    asked = "(a note)" if is_note else layout_words(request)
    assert f"| 0x{mtype:02x} | {name} | {asked} | {layout_words(answer)} |" in PROTOCOL
    shown = {tuple(head.split(":")[0].split(",")[0].split(" ")) for head, _data in BOTH}
    wanted = {(name, "note")} if is_note else {(name, "request"), (name, "answer")}
    assert wanted <= shown


@pytest.mark.parametrize("page", [PROTOCOL, LOG_FORMAT], ids=["protocol", "log-format"])
def test_every_record_type_and_event_is_in_the_tables(page):
    for rtype, (name, layout) in records.TYPES.items():
        words = "(reserved)" if rtype == records.PURGE else layout_words(layout)
        assert f"| {rtype} | {name} | {words} |" in page
    for code, (name, values) in events.TABLE.items():
        assert f"| {code} | {name} | {', '.join(values) or '-'} |" in page
    for words in (events.HOLD_CAUSES, events.END_CAUSES, events.SPEAKERS, events.CHANNELS):
        assert ", ".join(f"{i} {word}" for i, word in enumerate(words)) in page.replace("\n", " ")


def test_error_codes_states_and_limits():
    flat = PROTOCOL.replace("\n", " ")
    for code, name in enumerate(protocol.ERROR_NAMES):
        assert f"| {code} | {name} |" in PROTOCOL
    signals = [row.name for row in SIGNALS]
    for words in (transitions.STATE_NAMES, STATE_NAMES, signals):
        assert ", ".join(f"{i} {word}" for i, word in enumerate(words)) in flat
    assert f"Protocol level: **{protocol.LEVEL}**" in PROTOCOL
    assert f"no request is longer than {protocol.MAX_REQUEST_BYTES} bytes" in flat
    assert f"up to {protocol.CONFIG_PAGE_BYTES} bytes, in order" in flat
    assert f"(at most {protocol.MAX_PAGE_BYTES})" in flat
    assert f"at most {protocol.MAX_SEGMENT_ROWS} of them" in flat
    assert f"more than {protocol.MAX_MESSAGE_BYTES + 8} bytes without a zero" in flat
    assert f"at most {records.MAX_BODY_BYTES} |" in LOG_FORMAT


def test_every_field_of_hello_is_explained():
    for name, _kind in protocol.MESSAGES[protocol.HELLO][2]:
        assert re.search(rf"^\| [^|]*`{name}`[^|]*\| \S", PROTOCOL, re.M), name


def test_the_worked_example_adds_up():
    """Segment, its CRC and its records are the same bytes, and the times are as computed."""
    by_head = dict(BOTH)
    page = next(head for head in by_head if head.startswith("LOG_READ answer"))
    segment = bytes.fromhex(page.rpartition("data=x")[2])
    worked = list(examples(PROTOCOL[PROTOCOL.index("## 8.") :]))
    assert segment == b"".join(data for _head, data in worked)
    assert f"brings {len(segment)} bytes" in PROTOCOL
    crc = next(head for head in by_head if head.startswith("LOG_CRC answer"))
    assert crc.endswith(f"n_bytes={len(segment)} crc={zlib.crc32(segment)}")
    note = next(head for head in by_head if head.startswith("NOTE_EVENT"))
    assert segment.endswith(bytes.fromhex(note.rpartition("record=x")[2]))
    boot = archive.Boot(3, 1, clocks=[(3053, 1790000000000, 0)], gaps=[(3100, 96, 2)])
    assert f"= {boot.ms_from_frames(3350)}." in PROTOCOL
    assert f"= {boot.ms_from_frames(3200)}." in PROTOCOL


def test_the_sent_configuration_is_the_one_shown():
    head = next(head for head, _data in BOTH if head.startswith("CONFIG_SET request"))
    text = bytes.fromhex(head.rpartition("json=x")[2])
    assert text == b'{"silent_call_ms":6000}'
    assert f"total_bytes={len(text)} crc={zlib.crc32(text)}" in head
    refusal = config.problems({"silent_call_ms": 100})[0]
    assert f'"{refusal[0]}: {refusal[1]}"' in PROTOCOL


def test_every_key_of_the_configuration_is_in_its_table():
    page = (DOCS / "configuration.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    assert rows == [
        f"| `{name}` | {default} | {low} to {high} | {meaning} |"
        for name, default, low, high, meaning in config.SCHEMA
    ]
