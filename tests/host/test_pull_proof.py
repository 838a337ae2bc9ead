"""What a pull proves, remembers, purges and shows: signed logs, cut and altered ones, several units
at once, odd sizes, the agent's own view."""

import datetime
import json
import re

import pytest
from callclip.core import protocol

from host_tools import logchain, mine, retention
from host_tools.link import Client, Refused
from tests.host.desk import Desk
from tests.logbytes import LogWriter
from tests.program import callclip

UNIT = "02c1a55e0001"
T0_MS = 1790000000000
DAY_MS = 86_400_000


@pytest.fixture
def site(tmp_path):
    path = tmp_path / "site.key"
    assert callclip("keygen", path).exit_code == 0
    return path


def pull(port, out, *words):
    return callclip("pull", port, "--out", out, *words)


def keyed(desk, site):
    """Keys, and a restart so that records are written under them."""
    outcome = callclip("configure", "--site-key", site, desk.port)
    assert outcome.exit_code == 0, outcome
    desk.restart()


def files(folder):
    return {int(path.stem): path for path in folder.rglob("*.clog")}


@pytest.mark.parametrize("n_events", [0, 1, 36, 400])
def test_logs_of_any_size_arrive_whole_and_signed(tmp_path, site, n_events):
    with Desk(tmp_path / "unit", n_events) as desk:
        keyed(desk, site)
        outcome = pull(desk.port, tmp_path / "logs", "--key", site, "--json")
        assert outcome.exit_code == 0, outcome
        row = json.loads(outcome.out)
        assert row["proof"] == "verified with the unit's key"
        assert row["batches_signed"] > 0 and row["batches_unchecked"] == 0
        held = {n: path.read_bytes() for n, path in files(tmp_path / "logs").items()}
        assert held == {n: path.read_bytes() for n, path in files(desk.folder).items()}


def test_an_altered_batch_is_refused_with_its_place(tmp_path, site):
    """Altered on the unit, with its CRC made right: only the chain can tell."""
    from callclip.core import batches

    with Desk(tmp_path / "unit", 40) as desk:
        keyed(desk, site)
        with Client(desk.port, key=None) as client:
            assert client.hello["is_keyed"]
        desk.stop()
        path = files(desk.folder)[max(files(desk.folder))]
        data = path.read_bytes()
        at, seq, packed, tag = list(batches.scan(data, 0))[-1]
        changed = bytearray(packed)
        changed[-1] ^= 1
        head, end = batches.close(bytes(32), bytes(16), seq, [bytes(changed)])
        path.write_bytes(data[:at] + head + changed + end)
        desk.start()
        outcome = pull(desk.port, tmp_path / "logs", "--key", site)
        assert outcome.exit_code == 4, outcome
        assert re.search(rf"{path.name}, byte {at}: .*not what the unit wrote", outcome.err)


def test_a_log_that_was_cut_short_since_the_last_pull_shows(tmp_path, site):
    with Desk(tmp_path / "unit", 40) as desk:
        keyed(desk, site)
        out = tmp_path / "logs"
        assert pull(desk.port, out, "--key", site).exit_code == 0
        last = files(desk.folder)[max(files(desk.folder))]
        last.unlink()
        desk.restart()
        for path in files(out).values():
            path.unlink()  # the archive was lost, too; only what is remembered is left
        outcome = pull(desk.port, out, "--key", site)
        assert outcome.exit_code == 4, outcome


def test_a_unit_that_has_lost_its_keys_is_not_trusted(tmp_path, site):
    with Desk(tmp_path / "unit", 10) as desk:
        keyed(desk, site)
        out = tmp_path / "logs"
        assert pull(desk.port, out, "--key", site).exit_code == 0
        (desk.folder / "keys.bin").unlink()
        desk.restart()
        outcome = pull(desk.port, out)
        assert outcome.exit_code == 4
        assert "had keys and has none now" in outcome.err


def test_only_what_the_host_holds_is_purged(tmp_path):
    out = tmp_path / "logs"
    with Desk(tmp_path / "unit", 400) as desk:
        with Client(desk.port) as client:
            _log_id, rows, _head = client.segments()
            assert len(rows) > 1
            with pytest.raises(Refused) as refusal:
                client.ask(protocol.LOG_PURGE, {"last_segment": rows[0][0]})
            assert refusal.value.code == protocol.NOT_HELD
            wrong = {"segment": rows[0][0], "n_bytes": rows[0][1], "sha256": bytes(32)}
            with pytest.raises(Refused) as refusal:
                client.ask(protocol.LOG_ACK, wrong)
            assert refusal.value.code == protocol.NOT_HELD
        outcome = pull(desk.port, out, "--purge")
        assert outcome.exit_code == 0, outcome
        assert "purged on the unit" in outcome.err
        assert 1 not in files(desk.folder)
        assert 1 in files(out)
        again = pull(desk.port, out)  # its purge record tells why the unit no longer has it
        assert again.exit_code == 0, again
        assert sorted(files(out)) == [*range(1, len(files(out)) + 1)]


def test_several_units_at_once(tmp_path):
    out = tmp_path / "logs"
    with Desk(tmp_path / "a", 30) as one, Desk(tmp_path / "b", 40, "02c1a55e0002") as two:
        outcome = callclip("pull", one.port, two.port, "--out", out, "--json")
        assert outcome.exit_code == 0, outcome
        assert [row["events"] for row in json.loads(outcome.out)] == [30, 40]
        outcome = callclip("pull", one.port, "/dev/ttyNOWHERE", "--out", out)
        assert outcome.exit_code == 1
        assert "no such port" in outcome.err


def test_an_agent_sees_everything_and_changes_nothing(tmp_path, site):
    agent = tmp_path / "agent.key"
    assert callclip("keygen", agent, "--agent", UNIT, "--from", site).exit_code == 0
    with Desk(tmp_path / "unit", 30) as desk:
        keyed(desk, site)
        before = {n: path.read_bytes() for n, path in files(desk.folder).items()}
        outcome = callclip("pull", "--mine", "--json", desk.port, "--key", agent)
        assert outcome.exit_code == 0, outcome
        row = json.loads(outcome.out)[0]
        assert len(row["events"]) >= 30 + 24  # of two boots; the power failed in the first
        assert {record["record"] for record in row["records"]} >= {"SEGMENT", "BOOT", "EVENT"}
        assert row["configuration"]["retention_days"] == 30
        told = callclip("pull", "--mine", desk.port, "--key", agent)
        assert "No sound" in told.out and "retention_days = 30  (logs older" in told.out
        assert not re.search("is.unix|t.frames|None", told.out)
        for number, data in before.items():  # only what waited was written
            assert files(desk.folder)[number].read_bytes().startswith(data)


def test_what_is_older_than_the_retention_time_goes_with_a_note(tmp_path):
    writer = LogWriter()
    for number in (1, 2, 3, 4):
        begun_ms = T0_MS + (number - 1) * DAY_MS
        rows = [writer.segment_row(segment=number, unix_ms=begun_ms)]
        (tmp_path / f"{number:06d}.clog").write_bytes(writer.batch(rows))
    assert retention.apply(tmp_path, 30, T0_MS + 30 * DAY_MS) == 0
    assert retention.apply(tmp_path, 30, T0_MS + 32 * DAY_MS) == 2
    assert sorted(files(tmp_path)) == [3, 4]
    assert logchain.purged_to(tmp_path) == 2
    assert retention.apply(tmp_path, 30, T0_MS + 999 * DAY_MS) == 1  # the newest stays
    assert sorted(files(tmp_path)) == [4]
    assert logchain.purged_to(tmp_path) == 3


def test_what_retention_removed_is_not_fetched_again(tmp_path):
    out = tmp_path / "logs"
    with Desk(tmp_path / "unit", 400) as desk:
        assert pull(desk.port, out).exit_code == 0
        first = files(out)[1]
        first.unlink()
        note = {"segment": 1, "unix_ms": 0, "days": 30}
        (first.parent / "purged.json").write_text(json.dumps(note))
        assert pull(desk.port, out).exit_code == 0
        assert 1 not in files(out)


def test_when_a_hold_began_is_told_as_a_time_of_day():
    at_ms = T0_MS + 5000
    event = {"t_ms": T0_MS + 9000, "event": "HOLD_STARTED", "cause": "MUSIC", "sure": True}
    event |= {"since_ms": at_ms, "boot": 1, "t_frames": 7, "is_unix": True}
    words = datetime.datetime.fromtimestamp(at_ms / 1000).strftime("%H:%M:%S")
    assert mine._figures(event) == f"music, since {words}"
    event |= {"since_ms": 61_000, "is_unix": False}
    assert mine._figures(event) == "music, since 01:01.0"
