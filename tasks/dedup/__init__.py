"""Duplicates: documents that repeat one of lower rank (partition, source, offset), within a run and across partitions.

keys.py, minhash.py     a document -> sixteen keys: its text, its address, fourteen bands of its MinHash
sign.py, place.py       a shard of documents -> a shard of keys, and where each document stands
index.py, match.py      a partition -> one sorted list of keys; two lists -> the keys they share
find.py, verdicts.py    what is known when documents are made: it spares the work of the model half
settle.py, late.py      what is known when a release is put together: it binds; who must be released again
instructions.py         which pairs of a release ask the same
arrays.py               records on disk: sorted, merged and searched in flat memory
"""

from tasks.dedup.clusters import near_duplicates

__all__ = ["near_duplicates"]
