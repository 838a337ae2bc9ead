"""COBS against an independent implementation, and what it must refuse."""

import pytest
from callclip.core import cobs
from cobs import cobs as other
from hypothesis import given
from hypothesis import strategies as st

bytes_with_zeros = st.lists(st.one_of(st.just(0), st.integers(0, 255)), max_size=700).map(bytes)


def stuffed(data):
    """Without the zeros before and after, as bytes."""
    whole = cobs.framed(data)
    assert whole[0] == whole[-1] == 0
    return bytes(whole[1:-1])


@given(bytes_with_zeros)
def test_encodes_as_the_independent_implementation(data):
    assert stuffed(data) == other.encode(data)


@given(bytes_with_zeros)
def test_comes_back_whole_and_holds_no_zero(data):
    made = stuffed(data)
    assert 0 not in made
    assert cobs.decode(made) == data


@pytest.mark.parametrize("n_bytes", [0, 1, 253, 254, 255, 508, 509, 1200])
def test_blocks_of_254_without_a_zero(n_bytes):
    data = bytes(i % 255 + 1 for i in range(n_bytes))
    assert stuffed(data) == other.encode(data)
    assert cobs.decode(stuffed(data)) == data


@given(st.binary(min_size=1, max_size=300))
def test_refuses_what_the_independent_implementation_refuses(garbage):
    try:
        expected = other.decode(garbage)
    except other.DecodeError:
        with pytest.raises(ValueError):
            cobs.decode(garbage)
    else:
        assert cobs.decode(garbage) == expected


def test_refuses_an_empty_frame():
    with pytest.raises(ValueError, match="empty"):
        cobs.decode(b"")
