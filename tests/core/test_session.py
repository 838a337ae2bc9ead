"""The session layer, both ends of it: whatever is done to a sealed message, only the message itself
is opened, once."""

from callclip.core import guard, keys, protocol, session
from hypothesis import given
from hypothesis import strategies as st

from host_tools.hostsession import HostSession, log_in

UNIT_KEY = bytes(range(32))
UNIT_ID = "02c1a55e0001"
KEY = st.binary(min_size=32, max_size=32)
BODY = st.binary(max_size=190)
NUMBER = st.integers(1, 0xFFFF)
COUNTER = st.integers(1, 2**32 - 1)
REQUEST = st.sampled_from([m for m in protocol.MESSAGES if not m & protocol.NOTE])


class Keyring:
    is_keyed, problem = True, ""

    def key_of(self, _role):
        return UNIT_KEY


def opened(frame):
    """The message in a frame."""
    (message,) = protocol.Deframer().feed(frame)
    return message


def met(nonces=(bytes(16), bytes(range(16)))):
    """A unit's Guard and a HostSession that have just logged in to each other."""
    left = list(nonces)
    door = guard.Guard(UNIT_ID, Keyring(), lambda: left.pop(0))

    def ask(mtype, values):
        if mtype == protocol.CHALLENGE:
            return door.challenge(values, 3, 1000)
        return door.login(values, 1000)

    return door, log_in(ask, keys.IT, UNIT_KEY, UNIT_ID)


@given(KEY, REQUEST, NUMBER, BODY, COUNTER)
def test_what_is_sealed_is_opened_as_it_was(key, mtype, number, body, counter):
    message = opened(session.seal(key, mtype, number, body, counter))
    assert message.mtype == mtype | protocol.SEALED
    assert session.unseal(key, message) == (body, counter)


@given(KEY, KEY, REQUEST, NUMBER, BODY, COUNTER)
def test_another_key_does_not_open_it(key, other, mtype, number, body, counter):
    message = opened(session.seal(key, mtype, number, body, counter))
    if key == other:
        return
    assert _is_refused(other, message)


def _is_refused(key, message):
    try:
        session.unseal(key, message)
    except ValueError:
        return True
    return False


@given(KEY, REQUEST, NUMBER, BODY, COUNTER, st.data())
def test_a_changed_bit_of_anything_does_not_pass(key, mtype, number, body, counter, data):
    message = opened(session.seal(key, mtype, number, body, counter))
    what = data.draw(st.sampled_from(("mtype", "request_id", "body")))
    if what == "body":
        at = data.draw(st.integers(0, 8 * len(message.body) - 1))
        changed = bytearray(message.body)
        changed[at // 8] ^= 1 << at % 8
        message.body = bytes(changed)
    else:
        n_bits = 8 if what == "mtype" else 16
        setattr(message, what, getattr(message, what) ^ 1 << data.draw(st.integers(0, n_bits - 1)))
    assert _is_refused(key, message)


@given(KEY, REQUEST, NUMBER, BODY, COUNTER, st.integers(0, 250))
def test_a_part_of_it_does_not_pass(key, mtype, number, body, counter, n_bytes):
    message = opened(session.seal(key, mtype, number, body, counter))
    if n_bytes < len(message.body):
        message.body = message.body[:n_bytes]
        assert _is_refused(key, message)


@given(st.lists(st.integers(0, 12), min_size=1, max_size=40))
def test_a_unit_opens_each_request_once_and_in_its_order(order):
    """Frames of one session, come as they may: again, late, or never."""
    door, host = met()
    frames = [host.request(protocol.CLOCK_GET, 7, bytes((i,))) for i in range(13)]
    last = 0
    for i in order:
        counter = door.open(opened(frames[i]), 2000)
        if i + 1 > last:
            assert counter == i + 1
            last = i + 1
        else:
            assert counter is None


@given(REQUEST, NUMBER, BODY)
def test_a_host_takes_the_answer_to_its_question_and_no_other(mtype, number, body):
    door, host = met()
    host.begin()
    early = opened(host.request(mtype, number, b""))
    counter = door.open(early, 2000)
    answer = door.seal(mtype | protocol.ANSWER, number, body, counter)
    assert host.is_opened(opened(answer))
    host.begin()  # the next question: the answer to the last one is none to it
    host.request(mtype, number, b"")
    assert not host.is_opened(opened(answer))
    echo = opened(host.request(mtype, number, body))
    assert not (host.is_opened(echo) and echo.mtype & protocol.ANSWER)  # its own words are none


@given(st.lists(st.integers(0, 5), min_size=1, max_size=12))
def test_a_note_comes_once(order):
    door, host = met()
    notes = [door.note(protocol.NOTE_LIVE, bytes((i,))) for i in range(6)]
    last = -1
    for i in order:
        assert host.is_opened(opened(notes[i])) == (i > last)
        last = max(last, i)


@given(KEY, COUNTER, st.binary(max_size=140))
def test_masked_keys_come_back_and_do_not_show(key, counter, data):
    masked = session.mask(key, counter, data)
    assert session.mask(key, counter, masked) == data
    if len(data) >= 16:
        assert masked != data
        assert session.mask(key, counter - 1, masked) != data


@given(st.binary(min_size=16, max_size=16), st.binary(min_size=16, max_size=16))
def test_two_log_ins_share_no_seal(one, other):
    first = met((one,))[1]
    second_door, _second = met((other,))
    frame = opened(first.request(protocol.REBOOT, 1, b"\x01"))
    try:
        assert second_door.open(frame, 2000) is None
    except protocol.Refusal as refusal:
        assert refusal.code == protocol.NOT_LOGGED_IN


def test_a_unit_that_does_not_know_the_key_is_no_unit():
    door = guard.Guard(UNIT_ID, Keyring(), lambda: bytes(16))

    def ask(mtype, values):
        told = {protocol.CHALLENGE: lambda: door.challenge(values, 3, 1000)}
        return told.get(mtype, lambda: {"proof": bytes(16), "idle_ms": 1})()

    assert log_in(ask, keys.IT, UNIT_KEY, UNIT_ID) is None
    assert isinstance(met()[1], HostSession)
