"""docs/protocol.md and docs/log-format.md against the code: tables, limits, every hex example."""

import hashlib
import json
import re
import zlib
from pathlib import Path

import pytest
from callclip import logpages
from callclip.core import (
    batches,
    chain,
    config,
    events,
    fields,
    guard,
    protocol,
    records,
    roles,
    session,
    summary,
    transitions,
)
from callclip.core.frame import STATE_NAMES
from callclip.core.signals import SIGNALS
from callclip.ports import link

from host_tools import archive
from tests.core.frame_script import run
from tests.core.test_service import Bench
from tests.host.page_examples import ABOUT, UNIT_KEY, examples, made_by_code

DOCS = Path(__file__).resolve().parents[2] / "docs"
PROTOCOL = (DOCS / "protocol.md").read_text(encoding="utf-8")
SECURITY = (DOCS / "security.md").read_text(encoding="utf-8")
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
    is_note = bool(mtype & protocol.NOTE)
    asked = "(a note)" if is_note else layout_words(request)
    assert f"| 0x{mtype:02x} | {name} | {asked} | {layout_words(answer)} |" in PROTOCOL
    shown = {tuple(head.split(":")[0].split(",")[0].split(" ")) for head, _data in BOTH}
    wanted = {(name, "note")} if is_note else {(name, "request"), (name, "answer")}
    assert wanted <= shown


@pytest.mark.parametrize("page", [PROTOCOL, LOG_FORMAT], ids=["protocol", "log-format"])
def test_every_record_type_and_event_is_in_the_tables(page):
    for rtype, (name, layout) in records.TYPES.items():
        assert f"| {rtype} | {name} | {layout_words(layout)} |" in page
    for code, (name, values) in events.TABLE.items():
        assert f"| {code} | {name} | {', '.join(values) or '-'} |" in page
    for words in (events.HOLD_CAUSES, events.END_CAUSES, events.SPEAKERS, events.CHANNELS):
        assert ", ".join(f"{i} {word}" for i, word in enumerate(words)) in page.replace("\n", " ")


def value_rows():
    """(event, value) -> its meaning, as log-format.md explains the values."""
    rows = re.findall(r"^\| ([A-Z_]+) \| `(\w+)` \| [^|]+ \| ([^|]+) \|$", LOG_FORMAT, re.M)
    return {(event, value): meaning for event, value, meaning in rows}


def test_every_value_of_every_event_is_explained_in_order():
    assert list(value_rows()) == [
        (name, value) for name, values in events.TABLE.values() for value in values
    ]


def test_every_event_is_emitted_by_some_rule():
    core = (Path(events.__file__).parent).rglob("*.py")
    code = "\n".join(path.read_text(encoding="utf-8") for path in core)
    said = r"(?:emit|log|put|put_values|emit_for)\((?:[\w.]+,)?\s*events\.([A-Z_]+)"
    assert set(re.findall(said, code)) == {name for name, _values in events.TABLE.values()}


def test_strain_is_as_explained():
    meaning = value_rows()["CALL_ENDED", "strain"]
    assert "5 for each interruption by the customer" in meaning
    assert "3 for each by the agent" in meaning
    assert "3 for each dB of `asl_customer_cdb` above -2000" in meaning
    assert "2 for each minute after the first 5 (at most 40)" in meaning
    assert summary.strain_score(0, 1, -2600, 0) == 5
    assert summary.strain_score(1, 0, -2600, 0) == 3
    assert summary.strain_score(0, 0, -2000, 0) == 0
    assert summary.strain_score(0, 0, -1900, 0) == 3
    assert summary.strain_score(0, 0, -2600, 6 * 60000) == 2
    assert summary.strain_score(0, 0, -2600, 24 * 3600000) == 40
    assert f"0 to {summary.STRAIN_MAX}:" in meaning


def test_a_call_counts_from_its_first_word_as_explained():
    """Two rings of 1 s in 4 s from 1 s on, then a word at 9 s; known to be a call 0.2 s later."""
    text = "quiet 1; ring 2; agent 2; quiet 1; customer 3; both 1; agent 2; quiet 1; long_press"
    by_name = {event["event"]: event for event in run(text)[0]}
    ended = by_name["CALL_ENDED"]
    assert by_name["CALL_STARTED"]["t_ms"] == 9200
    assert ended["end_ms"] - ended["duration_ms"] == 9000
    assert ended["answer_ms"] == 8000
    parts_ms = sum(ended[key] for key in ("talk_agent_ms", "talk_customer_ms", "silence_ms"))
    assert parts_ms - ended["overlap_ms"] + ended["hold_ms"] == ended["duration_ms"]


def unit_with(folder, values):
    """A unit on the bench with that configuration saved."""
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps(values))
    return Bench(folder)


def ask(unit, mtype, values=None):
    status, answer = unit.ask(mtype, values)
    assert status == protocol.OK, answer
    return answer


def configure(unit, text):
    page = {"offset_bytes": 0, "total_bytes": len(text), "crc": zlib.crc32(text), "json": text}
    return ask(unit, protocol.CONFIG_SET, page)


@pytest.mark.parametrize(
    ("text", "is_default", "is_in_force"),
    [(b"{}", 1, 1), (b'{"silent_call_ms":5000}', 0, 1), (b'{"silent_call_ms":6000}', 0, 0)],
)
def test_a_key_with_its_default_is_given_and_in_force_at_once(
    text, is_default, is_in_force, tmp_path
):
    unit = unit_with(tmp_path / "unit", {})
    assert configure(unit, text)["is_in_force"] == is_in_force
    assert ask(unit, protocol.HELLO)["is_config_default"] == is_default


def test_a_configuration_reads_back_whole_and_without_the_number_that_was_not_sent(tmp_path):
    unit = unit_with(tmp_path / "unit", {"unit_number": 17})
    text = b'{"silent_call_ms":6000}'
    configure(unit, text)
    held = ask(unit, protocol.CONFIG_GET, {"offset_bytes": 0})
    whole = held["json"]
    while len(whole) < held["total_bytes"]:
        whole += ask(unit, protocol.CONFIG_GET, {"offset_bytes": len(whole)})["json"]
    assert held["total_bytes"] == len(whole)
    assert held["crc"] == zlib.crc32(whole) != zlib.crc32(text)
    assert list(json.loads(whole)) == [row[0] for row in config.SCHEMA]
    assert json.loads(whole)["unit_number"] == ask(unit, protocol.HELLO)["unit_number"] == 0


def test_gaps_change_no_date():
    boot = archive.Boot(1, 1, clocks=[(100, 50000)], gaps=[(90, 7, 1), (200, 96, 1)])
    assert boot.ms_from_frames(201) == 50000 + 20 * 101
    assert boot.ms_from_frames(90) == 50000 - 20 * 10
    assert archive.Boot(1, 1, gaps=[(200, 96, 1)]).ms_from_frames(300) == 6000


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
    assert f"({logpages.LEAST_PAGE_BYTES} to {protocol.MAX_PAGE_BYTES}) of `data`" in flat
    assert f"at most {protocol.MAX_SEGMENT_ROWS} of them" in flat
    assert f"more than {protocol.MAX_MESSAGE_BYTES + 8} bytes without a zero" in flat
    assert f"while more than {link.ANSWERS_BYTES} bytes, two of the longest answers" in flat
    assert f"at most {records.MAX_BODY_BYTES} |" in LOG_FORMAT


def test_who_may_do_what_is_told_as_it_is():
    rows = [
        f"| {protocol.MESSAGES[mtype][0]} | {roles.who_may(mtype)} |" for mtype in roles.ALLOWED
    ]
    for page in (PROTOCOL, SECURITY):
        told = re.findall(r"^\| [A-Z_]+ \| (?:anybody|it)[a-z, ]* \|$", page, re.M)
        assert sorted(told) == sorted(rows)


def test_the_log_in_and_its_limits_are_told_as_they_are():
    flat = PROTOCOL.replace("\n", " ")
    assert ABOUT.hex(" ") in flat
    assert session.session_key(UNIT_KEY, ABOUT).hex(" ") in flat
    by_head = dict(BOTH)
    for kind, side in (("request", session.HOST), ("answer", session.UNIT)):
        head = next(head for head in by_head if head.startswith(f"LOGIN {kind}"))
        assert f"proof=x{session.proof(UNIT_KEY, side, ABOUT).hex()}" in head
    assert f"`idle_ms` ({guard.IDLE_MS}) without a request" in flat
    assert f"LOGIN within {guard.CHALLENGE_MS // 1000} s" in flat
    assert guard.N_FREE == 3 and "Three wrong proofs or seals cost nothing" in flat
    assert f"up to {guard.MAX_CLOSED_MS // 1000} s (TRY_LATER)" in flat
    assert guard.FORGET_MS == 600000 and "ten minutes" in flat


def test_every_field_of_hello_is_explained():
    for name, _kind in protocol.MESSAGES[protocol.HELLO][2]:
        assert re.search(rf"^\| [^|]*`{name}`[^|]*\| \S", PROTOCOL, re.M), name


def test_the_worked_example_adds_up():
    """Segment, its CRC and its records are the same bytes, and the times are as computed."""
    by_head = dict(BOTH)
    page = next(head for head in by_head if head.startswith("LOG_READ answer"))
    segment = bytes.fromhex(page.rpartition("data=x")[2])
    worked = list(examples(PROTOCOL[PROTOCOL.index("## 8.") :]))
    packed = b"".join(data for _head, data in worked)
    before, behind = batches.close(chain.next_key(chain.NO_KEY), b"\x5a" * 16, 803, [packed])
    assert segment == before + packed + behind
    numbers = [seq for _at, _rtype, seq, _body in records.iterate(packed, 803)]
    assert (numbers[0], numbers[-1]) == (803, 808)
    assert f"brings {len(segment)} bytes" in PROTOCOL
    sha256 = hashlib.sha256(segment).hexdigest()
    for name in ("LOG_HASH answer", "LOG_ACK request"):
        head = next(head for head in by_head if head.startswith(name))
        assert head.endswith(f"n_bytes={len(segment)} sha256=x{sha256}")
    note = next(head for head in by_head if head.startswith("NOTE_EVENT"))
    assert packed.endswith(bytes.fromhex(note.rpartition("record=x")[2]))
    boot = archive.Boot(3, 1, clocks=[(3053, 1790000000000)], gaps=[(3100, 96, 2)])
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
