"""Personal data in a text: where it stands and of which kind. One detection for extraction and for the filters.

Precision first: what is set aside for documentation and fiction, what manuals print, and what is more likely a
version, a date or an order number than somebody's address is left alone, unless `careful` is off.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Literal, NamedTuple, get_args

from tasks.core.text import (
    personal_data_accounts,
    personal_data_emails,
    personal_data_ids,
    personal_data_ip,
    personal_data_phones,
    personal_data_secrets,
    personal_data_shape,
)

Kind = Literal["secret", "email", "iban", "card", "national_id", "ip_address", "phone", "bitcoin_address"]
# In the order of precedence: where two kinds begin at the same character, the earlier one is meant.
KINDS: tuple[Kind, ...] = get_args(Kind)

Spans = Iterator[tuple[int, int]]
_FINDERS: dict[Kind, Callable[[str, bool], Spans]] = {
    "secret": personal_data_secrets.find,
    "email": personal_data_emails.find,
    "iban": personal_data_accounts.find_ibans,
    "card": personal_data_accounts.find_cards,
    "national_id": personal_data_ids.find,
    "phone": personal_data_phones.find,
    "bitcoin_address": personal_data_accounts.find_bitcoin,
}
# A replacement may free what stood beside it and was taken for a part of it.
_MAX_ROUNDS = 9


class Found(NamedTuple):
    """Characters `start` to `end` of a text are personal data of a kind."""

    start: int
    end: int
    kind: Kind


def find(
    text: str, *, kinds: Collection[Kind] = KINDS, careful: bool = True, public_ips_only: bool = True
) -> list[Found]:
    """Return what personal data stands in `text`, in order, no two of them overlapping.

    `careful` leaves what is likely nobody's; without it everything of the right form and with right check digits
    counts. `public_ips_only` leaves addresses of private and other special networks. Takes time linear in the text.
    """
    found = []
    likely = personal_data_shape.likely(text)
    for kind in KINDS:
        if kind not in kinds or kind not in likely:
            continue
        if kind == "ip_address":
            spans = personal_data_ip.find(text, careful, public_ips_only)
        else:
            spans = _FINDERS[kind](text, careful)
        found += [Found(start, end, kind) for start, end in spans]
    if len(found) > 1:
        found.sort(key=lambda item: (item.start, KINDS.index(item.kind)))
        found = list(_apart(found))
    return found


def _apart(found: list[Found]) -> Iterator[Found]:
    end = 0
    for item in found:
        if item.start >= end:
            yield item
            end = item.end


def replace(
    text: str, placeholders: Mapping[Kind, str], *, careful: bool = True, public_ips_only: bool = True
) -> tuple[str, dict[Kind, int]]:
    """Return `text` with personal data of the kinds in `placeholders` replaced by these, and how many of each kind.

    Doing it again changes nothing, as long as the placeholders hold no personal data themselves.
    """
    counts: dict[Kind, int] = {}
    for _ in range(_MAX_ROUNDS):
        pieces, end = [], 0
        for item in find(text, kinds=placeholders.keys(), careful=careful, public_ips_only=public_ips_only):
            placeholder = placeholders[item.kind]
            if text[item.start : item.end] != placeholder:
                pieces += [text[end : item.start], placeholder]
                end = item.end
                counts[item.kind] = counts.get(item.kind, 0) + 1
        if not pieces:
            break
        text = "".join([*pieces, text[end:]])
    return text, counts
