"""What every store asks of a key and of a range, before it asks anyone else."""

from tasks.core.errors import ConfigError


def check_key(key: str) -> str:
    """Return `key`; raise ConfigError when it could leave its prefix or is no key at all."""
    if not key or key.startswith("/") or "\\" in key or "\x00" in key or ".." in key.split("/"):
        raise ConfigError(f"object key {key!r}: must be relative, without '..', backslashes or NUL")
    return key


def check_length(key: str, length: int) -> int:
    """Return `length`; raise ConfigError when a client would take it for the whole object."""
    if length <= 0:
        raise ConfigError(f"{key}: a range of {length} bytes was asked for")
    return length
