"""Word lists are written as text, because lists of quoted words cannot be read."""


def word_set(text: str) -> frozenset[str]:
    """Return the words of `text`."""
    return frozenset(text.split())
