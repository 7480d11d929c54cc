"""English words for small numbers, in order."""

_COUNTS = """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
    eighteen nineteen
"""
_ORDINALS = """
    first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth
    sixteenth seventeenth eighteenth nineteenth twentieth twenty-first
"""
# From nought on.
COUNTS = tuple(_COUNTS.split())
# From the first on.
ORDINALS = tuple(_ORDINALS.split())
