"""What a finger that slips on a keyboard makes of a word."""

import pytest

from bot.nlu.cleanup import Cleaner
from bot.nlu.slips import is_slip


@pytest.mark.parametrize(
    ("written", "meant"),
    [("lehs", "legs"), ("ncek", "neck"), ("fevver", "fever"), ("queiro", "quiero"), ("cafa", "cara"), ("hioj", "hijo")],
)
def test_one_slip_explains_it(written, meant):
    assert is_slip(written, meant)


@pytest.mark.parametrize(
    ("written", "meant"),
    [("lens", "legs"), ("feaver", "fever"), ("queiro", "quebro"), ("legs", "legs"), ("les", "legs"), ("kcen", "neck")],
)
def test_no_slip_explains_it(written, meant):
    assert not is_slip(written, meant)


def test_of_words_as_near_the_one_that_a_slip_explains_is_taken():
    words = ["quebro", "quiero", "less"]
    assert Cleaner(words, typed_in_haste=True).plain("queiro") == "quiero"
    assert Cleaner(words, typed_in_haste=True).plain("lehs") == "legs"
    assert Cleaner(words).plain("lehs") == "lehs"
