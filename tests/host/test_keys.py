"""Keys from end to end: made on the host, given to a unit, and what each role can do with them.

The unit is the real VM with the unit's own serial side (desk.py); the commands are the real ones.
"""

import json
import re
import stat

import pytest
from callclip.core import keys, protocol, roles

from host_tools import keyfile
from host_tools.failure import Failure
from host_tools.link import Client, Refused
from tests.host.desk import Desk
from tests.program import assert_refused, callclip

UNIT = "02c1a55e0001"


@pytest.fixture
def desk(tmp_path):
    with Desk(tmp_path / "unit", 30) as unit:
        yield unit


@pytest.fixture
def files(tmp_path):
    """Key files by kind, made by the command."""
    found = {kind: tmp_path / f"{kind}.key" for kind in ("site", "supervisor", "agent")}
    site = found["site"]
    for words in (
        (site,),
        (found["supervisor"], "--supervisor", "--from", site),
        (found["agent"], "--agent", UNIT, "--from", site),
    ):
        outcome = callclip("keygen", *words)
        assert outcome.exit_code == 0, outcome
    return found


def give_keys(desk, files):
    outcome = callclip("configure", "--json", "--site-key", files["site"], desk.port)
    assert outcome.exit_code == 0, outcome
    return json.loads(outcome.out)["units"][0]


def secrets_of(files):
    """All keys in the files, as hex."""
    text = "".join(path.read_text() for path in files.values())
    return re.findall(r"[0-9a-f]{64}", text)


def test_key_files_are_for_their_owner_alone_and_hold_what_they_should(files):
    assert {stat.S_IMODE(path.stat().st_mode) for path in files.values()} == {0o600}
    site = keyfile.load(files["site"])
    for kind, role in keyfile.KINDS.items():
        found = keyfile.load(files[kind])
        assert found.role == role
        expected = keys.unit_key(keys.role_key(site.key, role), UNIT)
        assert found.unit_key(UNIT) == expected
    assert keyfile.load(files["supervisor"]).log_unit_key(UNIT) == site.log_unit_key(UNIT)
    assert keyfile.load(files["agent"]).log_unit_key(UNIT) is None
    with pytest.raises(Failure, match="not of other"):
        keyfile.load(files["agent"]).unit_key("other")


def test_no_command_prints_a_key(desk, files, tmp_path):
    said = []
    for words in (
        ("keygen", tmp_path / "a", "--json"),
        ("keygen", tmp_path / "b", "--supervisor", "--from", files["site"]),
        ("configure", "--site-key", files["site"], desk.port),
        ("pull", desk.port, "--json", "--key", files["supervisor"], "--out", tmp_path / "logs"),
        ("devices", desk.port, "--json"),
    ):
        outcome = callclip(*words)
        assert outcome.exit_code == 0, outcome
        said.append(outcome.out + outcome.err)
    made = {"a": tmp_path / "a", "b": tmp_path / "b", **files}
    for secret in secrets_of(made):
        assert secret not in "".join(said)
    stored = b"".join(path.read_bytes() for path in (tmp_path / "logs").rglob("*.clog"))
    for secret in secrets_of(made):
        assert bytes.fromhex(secret) not in stored


def test_a_key_file_is_never_overwritten(files):
    before = files["site"].read_bytes()
    assert_refused(callclip("keygen", files["site"]), "site.key", "already")
    assert files["site"].read_bytes() == before


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no callclip key"),
        ("kind = 'site'\nkey = 'abc'", "64 hex digits"),
        ("kind = 'king'\nkey = '" + 64 * "0" + "'", "no callclip key"),
        ("\xff", "no callclip key"),
    ],
)
def test_a_file_that_is_no_key_is_refused(text, words, tmp_path):
    path = tmp_path / "bad.key"
    path.write_text(text, encoding="latin-1")
    path.chmod(0o600)
    assert_refused(callclip("pull", "/dev/null", "--key", path), "bad.key", words)


def test_a_key_file_that_others_can_read_is_refused(files):
    files["site"].chmod(0o644)
    assert_refused(callclip("pull", "/dev/null", "--key", files["site"]), "0644", "chmod 600")


def test_a_unit_without_keys_says_so_everywhere(desk, tmp_path):
    assert "no: open to all" in callclip("devices", desk.port).out
    (tmp_path / "desk.toml").write_text("")
    assert "no keys: open to all" in callclip("configure", tmp_path / "desk.toml", desk.port).out
    assert json.loads(callclip("devices", desk.port, "--json").out)[0]["hello"]["is_keyed"] == 0


def test_once_it_has_keys_the_log_is_closed_without_one(desk, files, tmp_path):
    assert give_keys(desk, files)["keys"] == "keys given"
    assert give_keys(desk, files)["keys"] == "keys in force"
    outcome = callclip("pull", desk.port, "--out", tmp_path / "logs")
    assert outcome.exit_code == 2
    assert "--key FILE" in outcome.err
    assert not (tmp_path / "logs").exists()
    row = json.loads(callclip("devices", desk.port, "--json").out)[0]
    assert (row["is_ok"], row["hello"]["is_keyed"]) == (True, 1)
    for kind in files:
        outcome = callclip("pull", desk.port, "--out", tmp_path / kind, "--key", files[kind])
        assert outcome.exit_code == 0, outcome
        assert "30 events" in outcome.out


def test_keys_outlive_a_restart(desk, files, tmp_path):
    give_keys(desk, files)
    desk.restart()
    outcome = callclip("pull", desk.port, "--out", tmp_path, "--key", files["supervisor"])
    assert outcome.exit_code == 0, outcome


def test_a_key_of_another_site_opens_nothing(desk, files, tmp_path):
    give_keys(desk, files)
    callclip("keygen", tmp_path / "other.key")
    outcome = callclip("pull", desk.port, "--out", tmp_path / "x", "--key", tmp_path / "other.key")
    assert outcome.exit_code == 4
    assert "another site" in outcome.err


@pytest.mark.parametrize(
    ("command", "kind", "needed"),
    [
        ("calibrate", "supervisor", "the site key, and"),
        ("ringer", "agent", "the site key or a supervisor's, and"),
    ],
)
def test_a_key_that_opens_less_says_whose_it_takes(command, kind, needed, desk, files):
    give_keys(desk, files)
    outcome = callclip(command, desk.port, "--key", files[kind])
    assert_refused(outcome, f"it takes {needed}", f"{files[kind]} is a", f"{kind}'s")


def test_a_unit_that_does_not_know_its_key_is_not_trusted(desk, files, tmp_path):
    outcome = callclip("pull", desk.port, "--out", tmp_path / "x", "--key", files["site"])
    assert outcome.exit_code == 4
    assert "has no keys yet" in outcome.err


def test_new_keys_take_the_place_of_old_ones(desk, files, tmp_path):
    give_keys(desk, files)
    new = tmp_path / "new.key"
    callclip("keygen", new)
    words = ("configure", "--json", "--site-key", new, "--key", files["site"], desk.port)
    assert json.loads(callclip(*words).out)["units"][0]["keys"] == "keys renewed"
    assert json.loads(callclip(*words).out)["units"][0]["keys"] == "keys in force"
    words = ("pull", desk.port, "--out", tmp_path / "a", "--key", new)
    outcome = callclip(*words, "--old-key", files["site"])
    assert outcome.exit_code == 0, outcome.err
    old = callclip("pull", desk.port, "--out", tmp_path / "b", "--key", files["site"])
    assert old.exit_code == 4


REQUESTS = [m for m in roles.ALLOWED if m not in (protocol.CHALLENGE, protocol.LOGIN)]
HARMLESS = {  # bodies that do no harm where they are allowed
    protocol.CLOCK_SET: {"unix_ms": 1790000000000},
    protocol.CONFIG_SET: {"offset_bytes": 0, "total_bytes": 2, "crc": 1, "json": b""},
    protocol.CONFIG_GET: {"offset_bytes": 0},
    protocol.LOG_LIST: {"first_segment": 0},
    protocol.LOG_READ: {"segment": 1, "offset_bytes": 0, "n_bytes": 9, "page_bytes": 9},
    protocol.LOG_HASH: {"segment": 1, "n_bytes": 9},
    protocol.LOG_ACK: {"segment": 1, "n_bytes": 9, "sha256": bytes(32)},
    protocol.LOG_PURGE: {"last_segment": 0},
    protocol.LIVE_SUBSCRIBE: {"period_ms": 0},
    protocol.IDENTIFY: {"duration_ms": 0},
    protocol.RINGER: {"action": 0},
    protocol.CALIBRATE: {"action": 0, "known_cdb": 0},
    protocol.KEYS_SET: {"epoch": 0, "keys": b""},
}
REFUSED = (protocol.NOT_LOGGED_IN, protocol.NOT_ALLOWED)


def test_each_role_may_do_what_the_table_says_and_no_more(desk, files):
    give_keys(desk, files)
    for kind in (None, "agent", "supervisor", "site"):
        key = keyfile.load(files[kind]) if kind else None
        with Client(desk.port, key=key) as client:
            for mtype in REQUESTS:
                if mtype in (protocol.REBOOT, protocol.UPDATE) and kind == "site":
                    continue
                try:
                    client.ask(mtype, HARMLESS.get(mtype, {"is_forced": 0}))
                    is_refused = False
                except Refused as refusal:
                    is_refused = refusal.code in REFUSED
                role = key.role if key else 0
                assert is_refused != roles.may(role, mtype), (kind, protocol.MESSAGES[mtype][0])


def test_who_may_do_what_has_a_row_for_each_request():
    requests = [mtype for mtype in protocol.MESSAGES if not mtype & protocol.NOTE]
    assert sorted(roles.ALLOWED) == sorted(requests)


def test_a_second_program_ends_the_session_and_the_first_logs_in_again(desk, files):
    give_keys(desk, files)
    key = keyfile.load(files["supervisor"])
    with Client(desk.port, key=key) as first:
        first.ask(protocol.CLOCK_GET)
        first.close()
        with Client(desk.port, key=key) as second:
            second.ask(protocol.CLOCK_GET)
        first._line.open()
        first.ask(protocol.CLOCK_GET)
        assert first.is_sealed


def test_what_was_written_under_old_keys_is_proven_by_the_old_file(desk, files, tmp_path):
    give_keys(desk, files)
    pull = ("pull", desk.port, "--out", tmp_path / "a", "--key")
    assert callclip(*pull, files["supervisor"]).exit_code == 0
    new = tmp_path / "new.key"
    callclip("keygen", new)
    renew = ("configure", "--site-key", new, "--key", files["site"], desk.port)
    assert callclip(*renew).exit_code == 0
    outcome = callclip(*pull, new)
    assert outcome.exit_code == 4
    assert "signed under an earlier site key (--old-key)" in outcome.err
    outcome = callclip(*pull, new, "--old-key", files["supervisor"], "--json")
    assert outcome.exit_code == 0, outcome.err
    told = json.loads(outcome.out)
    assert told["batches_signed"] and told["batches_unchecked"] == 0
    other = tmp_path / "other.key"
    callclip("keygen", other)
    assert callclip(*pull, new, "--old-key", other).exit_code == 4
