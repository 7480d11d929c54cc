"""Parts of web addresses, as the block lists compare them. Nothing here fails on what is no address."""


def host_of(url: str) -> str:
    """Return the host of an address in small ASCII letters, without user, port and the dot at its end.

    What has no scheme is taken to begin with the host. A name in another script comes back as IDNA writes it.
    """
    rest = url.strip().partition("://")[2] or url.strip()
    for mark in "/?#\\":
        rest = rest.partition(mark)[0]
    host = rest.rpartition("@")[2].lower()
    if not host.startswith("["):
        host = host.partition(":")[0]
    host = host.rstrip(".")
    if host.isascii():
        return host
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return host


def without_scheme(url: str) -> str:
    """Return an address as block lists compare it: host in small letters, without scheme, fragment and last slash."""
    rest = url.strip().partition("#")[0]
    rest = rest.partition("://")[2] or rest
    end = min((place for place in map(rest.find, "/?") if place >= 0), default=len(rest))
    return (rest[:end].lower() + rest[end:]).rstrip("/")
