"""A release whose instructions were compared with an evaluation set, derived again on a real PostgreSQL."""

import pytest

from tasks.core.ids import sha256_bytes
from tasks.lineage.audit import run_audits
from tasks.lineage.store import PostgresLineage
from tasks.storage.shards import read_rows
from tests.audit.flow import flow_of

pytestmark = pytest.mark.stack
SETS = {"sets": [{"name": "asked", "file": {"uri": "file:///lists/asked.txt"}}], "min_telling_words": 1}


def test_a_release_without_an_item_is_derived_again(lineage_store: PostgresLineage, standin_url: str) -> None:
    """The item is in no row, the card says what went, every row verifies, and the set's digest is on record."""
    before = flow_of("filter+rewrite", lineage_store, standin_url)
    before.publish()
    asked = [row["instruction"] for row in read_rows(before.objects, before.kept_key("verify"))]

    flow = flow_of("filter+rewrite", lineage_store, standin_url, decontaminate=SETS)
    flow.sources.content["asked.txt"] = asked[0].encode()
    ref = flow.publish()
    left = [row["messages"][0]["content"] for row in flow.rows(ref)]
    assert asked[0] not in left
    assert sorted(left) == sorted(asked[1:])

    opened = flow.open(ref)
    assert opened.verify_files() == []
    assert [str(item) for item in opened.verify(opened.rows()) if item] == []
    assert {result.name: result.rows for result in run_audits(lineage_store) if result.rows} == {}
    card = flow.objects.get(f"releases/made/{ref.version}/README.md").decode()
    assert "contaminated_instruction" in card
    (stage,) = [item for item in flow.manifest(ref)["stages"] if item["stage"] == "decontaminate"]
    assert stage["config"]["sets"][0]["file"]["content_sha256"] == sha256_bytes(asked[0].encode())
