"""What is stored encrypted says nothing, notices tampering, and outlives a change of keys."""

import base64
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import ConfigurationError
from bot.settings import Settings
from bot.storage.encryption import CannotDecrypt, Cipher, cipher_of, new_key, parse_keys

OLD, NEW = bytes(32), bytes(range(32))
CIPHER = Cipher([OLD])
texts = st.text(st.characters(), max_size=200) | st.just("\ud800")


@given(text=texts)
def test_what_goes_in_comes_out(text):
    stored = CIPHER.encrypt(text)
    assert CIPHER.decrypt(stored) == text
    assert re.fullmatch(r"v1\.[0-9a-f]{8}\.[A-Za-z0-9_-]+", stored)


def test_equal_texts_are_stored_differently_and_hash_equally():
    assert CIPHER.encrypt("+14045550190") != CIPHER.encrypt("+14045550190")
    assert CIPHER.keyed_hash("+14045550190") == CIPHER.keyed_hash("+14045550190")
    assert CIPHER.keyed_hash("+14045550190") != CIPHER.keyed_hash("+14045550191")
    assert re.fullmatch(r"[0-9a-f]{64}", CIPHER.keyed_hash(""))


@given(at=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_one_changed_bit_is_noticed(at, bit):
    stored = CIPHER.encrypt("+14045550190")
    head, body = stored[:12], stored[12:]
    raw = bytearray(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    raw[at % len(raw)] ^= 1 << bit
    with pytest.raises(CannotDecrypt):
        CIPHER.decrypt(head + base64.urlsafe_b64encode(raw).decode().rstrip("="))


@pytest.mark.parametrize("wrong", ["", "+14045550190", "v1.", "v1.00000000.", "v2.00000000." + "A" * 40, "\x00"])
def test_what_was_never_encrypted_is_refused(wrong):
    with pytest.raises(CannotDecrypt):
        CIPHER.decrypt(wrong)


def test_a_missing_key_is_named_by_its_id():
    stored = Cipher([NEW]).encrypt("text")
    with pytest.raises(CannotDecrypt, match=stored.split(".")[1]):
        CIPHER.decrypt(stored)


def test_the_first_key_encrypts_and_the_others_open():
    both = Cipher([NEW, OLD])
    old = CIPHER.encrypt("text")
    new = both.encrypt("text")
    assert both.decrypt(old) == both.decrypt(new) == Cipher([NEW]).decrypt(new) == "text"
    assert (both.is_current(old), both.is_current(new)) == (False, True)
    assert both.keyed_hash("text") == Cipher([NEW]).keyed_hash("text")
    assert both.keyed_hashes("text") == (Cipher([NEW]).keyed_hash("text"), CIPHER.keyed_hash("text"))


@pytest.mark.parametrize("keys", [[], [b"short"], [OLD, bytes(31)]])
def test_a_cipher_wants_keys_of_32_bytes(keys):
    with pytest.raises(ValueError, match="32"):
        Cipher(keys)


def test_keys_are_written_in_either_base64():
    key = bytes([251, 255] * 16)
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        assert parse_keys(f" {encode(key).decode()} , {encode(OLD).decode().rstrip('=')}") == [key, OLD]
    assert len(parse_keys(new_key())[0]) == 32


@pytest.mark.parametrize(
    "keys",
    ["x", "A" * 42, "A" * 44, f"{new_key()},", f"{new_key()} {new_key()}", "ä" * 43],
    ids=["short", "a letter too few", "a letter too many", "ends with a comma", "two with a blank", "not base64"],
)
def test_a_wrong_key_stops_the_start_and_is_not_printed(keys):
    with pytest.raises(ValueError, match="contact_keys") as told:
        Settings(_env_file=None, contact_keys=keys)
    assert keys not in str(told.value)


def test_without_a_setting_a_key_is_made_once_for_this_user_alone(tmp_path):
    settings = Settings(_env_file=None, data_folder=tmp_path / "new")
    with ThreadPoolExecutor(8) as pool:
        ciphers = list(pool.map(lambda _: cipher_of(settings), range(16)))
    stored = ciphers[0].encrypt("text")
    assert {cipher.decrypt(stored) for cipher in ciphers} == {"text"}
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["contact-key"]
    assert (tmp_path / "new" / "contact-key").stat().st_mode & 0o777 == 0o600


def test_a_setting_goes_before_the_file(tmp_path):
    made = cipher_of(Settings(_env_file=None, data_folder=tmp_path))
    given = cipher_of(Settings(_env_file=None, data_folder=tmp_path, contact_keys=new_key()))
    with pytest.raises(CannotDecrypt):
        given.decrypt(made.encrypt("text"))


def test_a_damaged_or_unreadable_key_file_is_told_to_the_operator(tmp_path):
    (tmp_path / "contact-key").write_text("not a key")
    with pytest.raises(ConfigurationError, match="CONTACT_KEYS"):
        cipher_of(Settings(_env_file=None, data_folder=tmp_path))
    (tmp_path / "contact-key").unlink()
    (tmp_path / "contact-key").mkdir()
    with pytest.raises(ConfigurationError, match="contact-key"):
        cipher_of(Settings(_env_file=None, data_folder=tmp_path))


def test_a_folder_that_cannot_be_made_is_told_to_the_operator(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match="CONTACT_KEYS"):
        cipher_of(Settings(_env_file=None, data_folder=tmp_path / "file" / "folder"))
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
