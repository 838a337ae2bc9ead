"""The archive of pulled logs: times, boots, lost and damaged records."""

import pytest
from callclip.core import batches, chain, events, records
from hypothesis import given
from hypothesis import strategies as st

from host_tools import archive
from host_tools.failure import Failure
from tests.logbytes import LogWriter

T0_MS = 1790000000000


def write_log(folder, rows, unit_id="unit-a", log_id=0xABC, number=1, boot=1, first_seq=1):
    """A segment of (type, fields) rows below an archive folder; returns its path."""
    # Only the first segment of a log has nothing before it.
    writer = LogWriter(seq=first_seq, tag=chain.START if number == 1 else bytes(range(16)))
    head, *others = [writer.segment_row(log_id, number, boot), *rows]
    data = writer.batch([head, *others[:1]]) + b"".join(writer.batch([row]) for row in others[1:])
    path = archive.segment_path(archive.log_folder(folder, unit_id, log_id), number)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def boot_row(number):
    values = {"boot": number, "reset_cause": 1, "firmware": "0.1.0", "unit_id": "unit-a"}
    return records.BOOT, values


def clock_row(t_frames, unix_ms):
    return records.CLOCK, {"t_frames": t_frames, "unix_ms": unix_ms, "source": 1}


def gap_row(t_frames, lost_ms):
    return records.GAP, {"t_frames": t_frames, "lost_ms": lost_ms, "cause": 2}


def event_row(code, t_frames, call, *values):
    row = {"code": code, "t_frames": t_frames, "call": call, "values": values}
    return records.EVENT, row


def times_of(tmp_path, rows):
    write_log(tmp_path, [boot_row(1), *rows])
    (log,) = archive.read(tmp_path)
    assert log.problems == []
    return [event.t_ms for boot in log.boots for event in boot.events]


GREETING = events.GREETING_MISSING


def test_without_a_clock_times_count_from_the_boot(tmp_path):
    rows = [event_row(GREETING, 100, 1), gap_row(150, 96), event_row(GREETING, 200, 1)]
    assert times_of(tmp_path, rows) == [2000, 4000]


def test_events_before_the_clock_was_set_get_a_date_too(tmp_path):
    rows = [event_row(GREETING, 100, 1), clock_row(600, T0_MS), event_row(GREETING, 700, 1)]
    assert times_of(tmp_path, rows) == [T0_MS - 10000, T0_MS + 2000]


def test_the_last_clock_before_an_event_counts(tmp_path):
    rows = [
        clock_row(0, T0_MS),
        event_row(GREETING, 100, 1),
        clock_row(200, T0_MS + 4500),  # the chip's count was 500 ms late
        event_row(GREETING, 300, 1),
    ]
    assert times_of(tmp_path, rows) == [T0_MS + 2000, T0_MS + 6500]


def test_lost_sound_is_in_the_count_of_frames_already(tmp_path):
    rows = [
        gap_row(50, 1000),
        event_row(GREETING, 60, 1),
        clock_row(100, T0_MS),
        gap_row(100, 96),
        event_row(GREETING, 100, 1),
        event_row(GREETING, 150, 1),
    ]
    assert times_of(tmp_path, rows) == [T0_MS - 800, T0_MS, T0_MS + 1000]


@given(
    st.lists(st.tuples(st.integers(1, 500), st.integers(0, 300)), max_size=8),
    st.integers(0, 8),
    st.integers(1, 500),
)
def test_times_agree_with_a_unit_that_watches_a_true_clock(steps, clock_at, n_last):
    """A unit that hears `n` frames, then loses `lost` ms, again and again: every date is true.

    What is less than a frame waits for the next loss, as in unit.py.
    """
    boot = archive.Boot(1, 1)
    t_frames = true_ms = rest_ms = 0
    truth = []
    for i, (n_frames, lost_ms) in enumerate([*steps, (n_last, 0)]):
        if i == min(clock_at, len(steps)):
            boot.clocks.append((t_frames, T0_MS + true_ms))
        t_frames += n_frames
        true_ms += 20 * n_frames
        truth.append((t_frames, T0_MS + true_ms))
        if lost_ms:
            boot.gaps.append((t_frames, lost_ms, 2))
            true_ms += lost_ms
            rest_ms += lost_ms
            t_frames += rest_ms // 20
            rest_ms %= 20
    for t, ms in truth:
        assert abs(boot.ms_from_frames(t) - ms) < 20


def test_moments_in_an_event_are_on_its_clock(tmp_path):
    rows = [boot_row(1), clock_row(0, T0_MS), event_row(events.HOLD_STARTED, 500, 1, 0, 0, 350)]
    write_log(tmp_path, rows)
    (row,) = archive.event_rows(archive.read(tmp_path)[0])
    assert row == {
        "t_ms": T0_MS + 10000,
        "event": "HOLD_STARTED",
        "call": 1,
        "cause": "LINE_DROPPED",
        "sure": False,
        "since_ms": T0_MS + 7000,
        "boot": 1,
        "t_frames": 500,
        "is_unix": True,
    }


def test_an_event_of_a_newer_firmware_keeps_its_numbers(tmp_path):
    write_log(tmp_path, [boot_row(1), event_row(99, 50, 2, 7, -8)])
    (row,) = archive.event_rows(archive.read(tmp_path)[0])
    assert (row["event"], row["call"], row["values"]) == ("EVENT_99", 2, [7, -8])


def test_a_word_of_a_newer_firmware_does_not_stop_the_reader(tmp_path):
    write_log(tmp_path, [boot_row(1), event_row(events.HOLD_STARTED, 50, 2, 9, 1, 40)])
    (row,) = archive.event_rows(archive.read(tmp_path)[0])
    assert row["values"] == [9, 1, 40]


def test_records_that_were_never_written_are_counted(tmp_path):
    write_log(tmp_path, [boot_row(1), event_row(GREETING, 100, 1)])
    write_log(tmp_path, [event_row(GREETING, 200, 1)], number=2, first_seq=6)
    (log,) = archive.read(tmp_path)
    assert log.n_lost == 3
    assert log.n_records == 3


def test_records_written_twice_count_once(tmp_path):
    rows = [boot_row(1), event_row(GREETING, 100, 1)]
    write_log(tmp_path, rows)
    write_log(tmp_path, [rows[1], event_row(GREETING, 200, 1)], number=2, first_seq=2)
    (log,) = archive.read(tmp_path)
    assert [event.seq for boot in log.boots for event in boot.events] == [2, 3]
    assert log.n_lost == 0


def test_without_its_boot_record_a_segment_still_knows_its_boot(tmp_path):
    write_log(tmp_path, [event_row(GREETING, 100, 1)], number=7, boot=5, first_seq=400)
    (log,) = archive.read(tmp_path)
    assert [boot.number for boot in log.boots] == [5]
    assert log.n_lost == 0  # older segments were deleted, not lost


@pytest.mark.parametrize("cut", [1, 5, 12, 14])
def test_a_torn_tail_is_a_loss(tmp_path, cut):
    path = write_log(tmp_path, [boot_row(1), event_row(GREETING, 100, 1)])
    path.write_bytes(path.read_bytes()[:-cut])
    (log,) = archive.read(tmp_path)
    assert [problem.is_loss for problem in log.problems] == [True]
    assert log.n_records == 1


def test_damage_is_stepped_over_and_told_with_its_place(tmp_path):
    path = write_log(tmp_path, [boot_row(1)] + [event_row(GREETING, 100, 1)] * 3)
    data = bytearray(path.read_bytes())
    places = [row[0] for row in batches.scan(data)]
    data[places[2] + 2] ^= 0x40  # its length: now it seems to reach beyond the end
    path.write_bytes(data)
    (log,) = archive.read(tmp_path)
    assert [(p.offset_bytes, p.is_loss) for p in log.problems] == [(places[2], False)]
    assert log.n_records == 3
    assert log.n_lost == 1


def test_units_boots_and_folders(tmp_path):
    write_log(tmp_path, [boot_row(1)], unit_id="b")
    write_log(tmp_path, [boot_row(1)], unit_id="a")
    write_log(tmp_path, [boot_row(1)], unit_id="a", log_id=0xDEF)
    found = [(log.unit_id, log.log_id) for log in archive.read(tmp_path)]
    assert found == [("a", 0xABC), ("a", 0xDEF), ("b", 0xABC)]
    assert len(archive.read(tmp_path / "a")) == 2
    assert len(archive.read(tmp_path / "a" / "00000abc")) == 1


@pytest.mark.parametrize("unit_id", ["../../etc", "a/b", "", ".."])
def test_a_unit_cannot_choose_a_place_outside_the_archive(tmp_path, unit_id):
    folder = archive.log_folder(tmp_path, unit_id, 1)
    assert folder.resolve().parent.parent == tmp_path.resolve()


def test_no_archive_is_said_in_a_sentence(tmp_path):
    with pytest.raises(Failure, match="no such folder"):
        archive.read(tmp_path / "nowhere")
    with pytest.raises(Failure, match="holds no pulled logs"):
        archive.read(tmp_path)
