"""HMAC-SHA256 against RFC 4231 and CPython's own, in both Pythons."""

import hashlib
import hmac as other
import json
import subprocess

import pytest
from callclip.core import hmac
from hypothesis import given
from hypothesis import strategies as st

from tests.house.source import ROOT

# RFC 4231, sections 4.2 to 4.8: key, data, HMAC-SHA-256 (its first 16 bytes in case 5).
RFC_4231 = [
    ("0b" * 20, b"Hi There".hex(),
     "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
    (b"Jefe".hex(), b"what do ya want for nothing?".hex(),
     "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
    ("aa" * 20, "dd" * 50,
     "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
    (bytes(range(1, 26)).hex(), "cd" * 50,
     "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"),
    ("0c" * 20, b"Test With Truncation".hex(), "a3b6167473100ee06e0c796c2955552b"),
    ("aa" * 131, b"Test Using Larger Than Block-Size Key - Hash Key First".hex(),
     "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"),
    ("aa" * 131, (b"This is a test using a larger than block-size key and a larger than "
                  b"block-size data. The key needs to be hashed before being used by the HMAC "
                  b"algorithm.").hex(),
     "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"),
]  # fmt: skip

IN_VM = """
import json, sys
sys.path.insert(0, "firmware")
from callclip.core.hmac import hmac_sha256
print(json.dumps([hmac_sha256(bytes.fromhex(k), bytes.fromhex(d)).hex() for k, d in {}]))
"""


@pytest.mark.parametrize("key, data, expected", RFC_4231)
def test_rfc_4231(key, data, expected):
    digest = hmac.hmac_sha256(bytes.fromhex(key), bytes.fromhex(data)).hex()
    assert digest[: len(expected)] == expected


def test_rfc_4231_in_the_vm(vm_command):
    script = IN_VM.format([(key, data) for key, data, _expected in RFC_4231])
    done = subprocess.run(
        [*vm_command, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for digest, (_key, _data, expected) in zip(json.loads(done.stdout), RFC_4231, strict=True):
        assert digest[: len(expected)] == expected


@given(st.binary(max_size=200), st.lists(st.binary(max_size=90), max_size=4))
def test_parts_are_the_message_they_make(key, parts):
    expected = other.new(key, b"".join(parts), hashlib.sha256).digest()
    assert hmac.hmac_sha256(key, *parts) == expected


@given(st.binary(min_size=1, max_size=40), st.data())
def test_equal_sees_each_byte_and_the_length(data, draw):
    at = draw.draw(st.integers(0, len(data) - 1))
    changed = bytearray(data)
    changed[at] ^= draw.draw(st.integers(1, 255))
    assert hmac.equal(data, bytes(data))
    assert not hmac.equal(data, changed)
    assert not hmac.equal(data, data[:-1])
