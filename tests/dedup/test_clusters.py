"""Clusters of near texts."""

import subprocess
import sys

from hypothesis import given
from hypothesis import strategies as st

from tasks.dedup import near_duplicates
from tests.dedup.made_documents import chain as chain_of
from tests.dedup.made_documents import changed, prose


def test_each_text_has_the_place_of_the_first_of_its_cluster() -> None:
    """Equal and near texts are together, in whatever order they come."""
    base = prose(1)
    texts = ["alone", " ".join(base), "Two  words", " ".join(changed(base, 2, 9)), "two words", " ".join(prose(2))]
    assert near_duplicates(texts) == [0, 1, 2, 1, 2, 5]
    assert near_duplicates(texts[::-1]) == [0, 1, 2, 1, 2, 5]


def test_a_chain_is_one_cluster() -> None:
    """Its ends are not near; what lies between joins them, also when it comes last."""
    a, b, c = chain_of(3)
    assert near_duplicates([a, c]) == [0, 1]
    assert near_duplicates([a, c, b]) == [0, 0, 0]


def test_nothing_has_no_clusters() -> None:
    """And texts without a word are the same only when they are equal."""
    assert near_duplicates([]) == []
    assert near_duplicates(["", "...", "---", "", " "]) == [0, 1, 2, 0, 0]


WORDS = [prose(seed, 12) for seed in range(3)]


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 11)), max_size=12), st.randoms(use_true_random=False))
def test_clusters_do_not_depend_on_the_order(picked: list[tuple[int, int]], source) -> None:
    """The same texts in another order are cut into the same groups, each named after its first."""
    texts = [" ".join(WORDS[seed][:cut]) for seed, cut in picked]
    order = source.sample(range(len(texts)), len(texts))
    one = near_duplicates(texts)
    other = near_duplicates([texts[number] for number in order])
    groups = {frozenset(i for i in range(len(texts)) if one[i] == name) for name in one}
    assert groups == {frozenset(order[i] for i in range(len(texts)) if other[i] == name) for name in other}
    assert all(name <= place and one[name] == name for place, name in enumerate(one))


def test_it_is_importable_without_airflow() -> None:
    """What others build on needs no server and no orchestration."""
    code = "import sys; from tasks.dedup import near_duplicates; sys.exit('airflow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
