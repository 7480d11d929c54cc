"""What names are made of: the words that may be one, and capitalised words that name nobody."""

import re

# A word of letters, with its parts that a hyphen, an apostrophe or an ampersand joins.
NAME_WORD = re.compile(r"[^\W\d_]+(?:[-'’&][^\W\d_]+)*")
_DAYS_AND_MONTHS = """
    monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september
    october november december
"""
# Capitalised in English wherever they stand.
DAYS_AND_MONTHS = frozenset(_DAYS_AND_MONTHS.split())
