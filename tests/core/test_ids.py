"""Identifiers and digests are functions of content alone: on every machine, in every order, for good."""

import hashlib
import json
import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.core.ids import NAMESPACE, canonical_json, content_id, derive_seed, digest_of, sha256_bytes, sha256_text

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(JSON)
def test_canonical_json_is_json_on_one_line(value: Any) -> None:
    """It reads back as what it was made of, and is the same after a round trip."""
    text = canonical_json(value)
    assert "\n" not in text
    assert json.loads(text) == value
    assert canonical_json(json.loads(text)) == text


@given(st.dictionaries(st.text(), st.integers(), min_size=2))
def test_the_order_of_keys_does_not_matter(value: dict[str, int]) -> None:
    """Equal values give equal text and equal digests."""
    turned = dict(reversed(value.items()))
    assert canonical_json(turned) == canonical_json(value)
    assert digest_of(turned) == digest_of(value)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), [float("-inf")], {"a": float("nan")}])
def test_what_is_no_json_number_is_refused(value: Any) -> None:
    """NaN has no one text, so it has no digest."""
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical_json(value)


def test_fixed_points() -> None:
    """Ids and digests as every lineage store has them: a change here orphans all that is stored."""
    assert canonical_json({"b": [1, 2.5, None, True], "a": "ä☕"}) == '{"a":"ä☕","b":[1,2.5,null,true]}'
    assert sha256_bytes(b"") == hashlib.sha256().hexdigest()
    assert sha256_text("ä") == hashlib.sha256("ä".encode()).hexdigest()
    assert content_id("pair", "a", None) == str(uuid.uuid5(NAMESPACE, '["pair","a",null]'))
    assert content_id("pair", "a", None) == "1003c52c-756a-57e9-9e5f-0835b9ff5945"
    assert derive_seed(20240811, "score", "0" * 64, 0) == 300071200


@given(st.text(st.characters()))
def test_any_text_has_a_digest(text: str) -> None:
    """Lone surrogates and NUL are hashed as they are; different texts have different digests."""
    assert len(sha256_text(text)) == 64
    assert sha256_text(text) != sha256_text(text + "\ud800")
    assert sha256_text(text + "\x00") != sha256_text(text)


def test_parts_of_an_id_do_not_run_together() -> None:
    """("ab", "c") and ("a", "bc") are two things, and a kind is no part."""
    names = [("a", "bc"), ("ab", "c"), ("abc",), ("a", "b", "c"), ("a", ["b", "c"]), ("a", "bc", None)]
    names += [("a", 1), ("a", "1")]
    assert len({content_id(*parts) for parts in names}) == len(names)


@given(st.integers(0), st.text(max_size=5), st.integers(0, 9))
def test_a_seed_fits_31_bits(seed: int, stage: str, attempt: int) -> None:
    """Some engines refuse more."""
    assert 0 <= derive_seed(seed, stage, "0" * 64, attempt) < 2**31


def test_a_seed_follows_from_each_part() -> None:
    """Dataset seed, stage, inputs and attempt each give another one."""
    seeds = {
        derive_seed(1, "score", "a", 0),
        derive_seed(2, "score", "a", 0),
        derive_seed(1, "rewrite", "a", 0),
        derive_seed(1, "score", "b", 0),
        derive_seed(1, "score", "a", 1),
    }
    assert len(seeds) == 5
