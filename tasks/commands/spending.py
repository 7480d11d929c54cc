"""What models have cost so far, as a table."""

from collections import Counter
from collections.abc import Iterable

from rich.table import Table
from rich.text import Text

from tasks.core.runtime import Row
from tasks.llm.budget import MICRO


def spending_table(lines: Iterable[Row]) -> Table | None:
    """Return the lines of the query `spending` by dataset, stage and model, over all partitions; None without any."""
    tokens: dict[tuple[str, str, str], Counter[str]] = {}
    costs: dict[tuple[str, str, str], Counter[str]] = {}
    for line in lines:
        key = (line["dataset"], line["stage"], line["model"])
        counts = {name: line[name] for name in ("prompt_tokens", "output_tokens")}
        tokens.setdefault(key, Counter()).update(counts)
        costs.setdefault(key, Counter()).update(line["cost_micro"])
    if not tokens:
        return None
    table = Table(title="spent on models, over all tries", title_justify="left", box=None, pad_edge=False)
    for column in ("dataset", "stage"):
        table.add_column(column, no_wrap=True)
    table.add_column("model", overflow="fold")
    for column in ("prompt tokens", "output tokens", "cost"):
        table.add_column(column, justify="right")
    for key, counts in tokens.items():
        money = ", ".join(f"{micro / MICRO:,.4f} {currency}" for currency, micro in sorted(costs[key].items()))
        cells = (f"{counts['prompt_tokens']:,}", f"{counts['output_tokens']:,}", money)
        table.add_row(*map(Text, (*key, *cells)))
    return table
