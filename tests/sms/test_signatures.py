"""Only Twilio's own requests count: ten thousand forged ones and ten thousand genuine ones."""

import base64
import random
import string
from urllib.parse import quote, quote_plus, urlencode

import pytest
from twilio.request_validator import RequestValidator

from bot.sms.signatures import Signatures, progress_of, text_of

ACCOUNT, TOKEN, PUBLIC = "AC" + "0" * 32, "secret token", "https://chat.clinic.example"
PATH, FORM = "/webhooks/sms", "application/x-www-form-urlencoded"
COUNT = 10_000
NAMES = ["FromCity", "FromZip", "ToCity", "MediaUrl0", "NumSegments", "SmsStatus", "NewField", "a", "Zed_9"]
SIGNS = string.printable + "äé€’😀مرحبا\u200d½ "

signatures = Signatures(ACCOUNT, TOKEN, PUBLIC + "/")
twilio = RequestValidator(TOKEN)


def seeded(number):
    """Chance that is the same at every run."""
    return random.Random(number)  # noqa: S311


def words(chance, longest=60):
    return "".join(chance.choice(SIGNS) for _ in range(chance.randrange(longest)))


def genuine(chance):
    fields = {
        "MessageSid": "SM" + "".join(chance.choice("0123456789abcdef") for _ in range(32)),
        "AccountSid": ACCOUNT,
        "From": f"+1555555{chance.randrange(10_000):04}",
        "To": "+15555550100",
        "Body": words(chance, 1600 if chance.random() < 0.02 else 60),
        "NumMedia": "0",
    }
    for _ in range(chance.randrange(8)):
        fields[chance.choice(NAMES) + str(chance.randrange(30))] = "" if chance.random() < 0.3 else words(chance)
    return fields


def sign(fields, path=PATH, public=PUBLIC, token=TOKEN):
    return RequestValidator(token).compute_signature(public + path, fields)


def body(fields, chance):
    items = list(fields.items())
    chance.shuffle(items)
    return urlencode(items, quote_via=chance.choice([quote, quote_plus])).encode()


def accepted(fields, signature, chance, path=PATH, content_type=FORM):
    return signatures.fields_of(path, content_type, body(fields, chance), [signature])


def test_ten_thousand_genuine_requests_with_random_fields_are_all_taken():
    chance = seeded(1)
    for _ in range(COUNT):
        fields = genuine(chance)
        assert accepted(fields, sign(fields), chance) == fields
        assert text_of(fields).words == fields["Body"]


def changed(fields, chance):
    """The fields of a request, tampered with in one of many ways."""
    name = chance.choice(sorted(fields))
    way = chance.randrange(8)
    tampered = dict(fields)
    if way == 0:
        tampered[name] += chance.choice(SIGNS)
    elif way == 1:
        tampered[name] = tampered[name][1:] if tampered[name] else "x"
    elif way == 2:
        tampered["Extra" + name] = chance.choice(["1", ""])
    elif way == 3:
        del tampered[name]
    elif way == 4:
        tampered[name.swapcase()] = tampered.pop(name)
    elif way == 5:
        other = chance.choice(sorted(fields))
        tampered[name], tampered[other] = tampered[other], tampered[name]
    elif way == 6:
        tampered["Body"] = words(chance) + "!"
    else:
        tampered["From"] = "+15555559999"
    return tampered


def forged(chance):
    """A request that is not Twilio's, with its signature and path."""
    fields = genuine(chance)
    elsewhere = {**fields, "AccountSid": "AC" + "1" * 32}
    ways = [
        lambda: (fields, sign(fields, token=TOKEN + "x"), PATH),
        lambda: (fields, base64.b64encode(chance.randbytes(20)).decode(), PATH),
        lambda: (fields, "", PATH),
        lambda: (fields, sign(fields, path=PATH + "/status"), PATH),
        lambda: (fields, sign(fields, public="https://other.example"), PATH),
        lambda: (fields, sign(fields), PATH + chance.choice(["/status", "?a=1", "/", "?text=1"])),
        lambda: (elsewhere, sign(elsewhere), PATH),
        lambda: (changed(fields, chance), sign(fields), PATH),
        lambda: (changed(fields, chance), sign(fields), PATH),
    ]
    return chance.choice(ways)()


def test_of_ten_thousand_forged_or_tampered_requests_none_is_taken():
    chance = seeded(2)
    tried = 0
    while tried < COUNT:
        fields, signature, path = forged(chance)
        if "".join(k + fields[k] for k in sorted(fields)) and same_as_signed(fields, signature, path):
            continue  # the change changed nothing
        assert accepted(fields, signature, chance, path) is None, (fields, path)
        tried += 1


def same_as_signed(fields, signature, path):
    return path == PATH and fields.get("AccountSid") == ACCOUNT and sign(fields) == signature


def test_a_border_between_name_and_value_that_was_moved_makes_no_text_of_it():
    fields = {
        "MessageSid": "SM" + "a" * 32, "AccountSid": ACCOUNT, "From": "+15555550142", "To": "+15555550100",
        "Body": "hello", "NumMedia": "0",
    }  # fmt: skip
    signature = sign(fields)
    chance = seeded(3)
    moved = 0
    for name, value in fields.items():
        for at in range(1, len(value) + 1):
            other = {**fields, name + value[:at]: value[at:]}
            del other[name]
            taken = accepted(other, signature, chance)
            assert taken is None or text_of(taken) is None, other
            moved += taken is not None
    # A value that swallows what follows: the id of a text is the one thing by which a repeat is known.
    swallowed = {**fields, "MessageSid": fields["MessageSid"] + "NumMedia0"}
    del swallowed["NumMedia"]
    assert text_of(accepted(swallowed, signature, chance)) is None
    assert moved  # else the test would be about nothing


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"Body", b"Body=%FF", b"Body=\xff", b"&&&", b"Body=%", b"a=1&a=1", b"Body=%ED%A0%80", b"a=1;b=2",
        b"\x00=\x00",         b"&".join(b"a%d=1" % number for number in range(1000)),
    ],
)  # fmt: skip
def test_what_is_no_form_is_refused(raw):
    for signature in ("", sign({}), "ü" * 28):
        taken = signatures.fields_of(PATH, FORM, raw, [signature])
        assert taken is None or text_of(taken) is None


def test_a_field_that_comes_twice_is_refused():
    fields = genuine(seeded(4))
    raw = body(fields, seeded(4)) + b"&" + urlencode({"Body": fields["Body"]}).encode()
    assert signatures.fields_of(PATH, FORM, raw, [sign(fields)]) is None


@pytest.mark.parametrize("content_type", ["", "application/json", "multipart/form-data; boundary=x", "text/plain"])
def test_another_content_type_is_refused(content_type):
    fields = genuine(seeded(5))
    assert accepted(fields, sign(fields), seeded(5), content_type=content_type) is None
    assert accepted(fields, sign(fields), seeded(5), content_type=f"{FORM}; charset=UTF-8") == fields


def test_two_signatures_are_refused():
    fields = genuine(seeded(6))
    raw = body(fields, seeded(6))
    assert signatures.fields_of(PATH, FORM, raw, [sign(fields), "x"]) is None
    assert signatures.fields_of(PATH, FORM, raw, []) is None


def test_the_port_may_be_named_or_not():
    fields = genuine(seeded(7))
    assert accepted(fields, sign(fields, public=PUBLIC + ":443"), seeded(7)) == fields


def test_the_query_is_signed_as_well():
    fields = {"MessageSid": "SM" + "b" * 32, "MessageStatus": "delivered", "AccountSid": ACCOUNT}
    path = "/webhooks/sms/status?text=01ABC"
    taken = accepted(fields, sign(fields, path=path), seeded(8), path=path)
    assert progress_of(taken) == ("SM" + "b" * 32, "delivered", None)
    assert accepted(fields, sign(fields, path=path), seeded(8), path=path + "x") is None


@pytest.mark.parametrize("missing", ["MessageSid", "From", "To", "Body"])
def test_a_text_without_a_field_that_is_needed_is_none(missing):
    fields = genuine(seeded(9))
    del fields[missing]
    assert text_of(fields) is None
