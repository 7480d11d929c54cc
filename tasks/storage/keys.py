"""What every store asks of a key and of a range, before it asks anyone else."""

import re

from tasks.core.errors import ConfigError

# A surrogate stands for a byte of a file's name that is no UTF-8: such a name has no id.
_NO_KEY = re.compile(r"[\\\x00\ud800-\udfff]")


def check_key(key: str) -> str:
    """Return `key`; raise ConfigError when it could leave its prefix or is no key at all."""
    if not key or key.startswith("/") or _NO_KEY.search(key) or ".." in key.split("/"):
        raise ConfigError(f"object key {key!r}: must be relative, in UTF-8, without '..', backslashes or NUL")
    return key


def check_length(key: str, length: int) -> int:
    """Return `length`; raise ConfigError when a client would take it for the whole object."""
    if length <= 0:
        raise ConfigError(f"{key}: a range of {length} bytes was asked for")
    return length
