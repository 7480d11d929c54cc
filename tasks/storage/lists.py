"""Files that the user names in a specification: read once, copied beside the data, known by their digest.

A stage pins its configuration before any work. From then on the digest is part of its keys and of what lineage
records, and whoever repeats the work reads the copy, not the file, which may have changed since.
"""

from pathlib import Path
from typing import Any, TypeVar

from tasks.core.base import Config
from tasks.core.errors import ConfigError, FatalError
from tasks.core.ids import sha256_bytes
from tasks.core.list_file import ListFile
from tasks.core.refs import shown
from tasks.core.runtime import ObjectStore, Runtime

C = TypeVar("C", bound=Config)
MAX_LIST_BYTES = 256 << 20
# A path without a root is meant from here: the same on every worker that runs this code, whatever its folder is.
REPOSITORY = Path(__file__).resolve().parents[2]


def pin(config: C, rt: Runtime) -> C:
    """Return `config` with the digest of every ListFile in it, each copied to `lists/<sha256>` of `rt.objects`.

    A digest that is given is insisted on, and where its copy is there already the file is not read again. Raises
    ConfigError naming the key and the file: not there, too large, or not what the digest says.
    """
    pinned = _pinned(config, "", rt)
    assert isinstance(pinned, type(config))
    return pinned


def load(file: ListFile, objects: ObjectStore) -> bytes:
    """Return what a pinned file held. Raises FatalError when the copy is gone or was changed."""
    if file.content_sha256 is None:
        raise ConfigError(f"{shown(file.uri)}: the list has no digest yet; pin the configuration first")
    key = key_of(file.content_sha256)
    try:
        data = objects.get(key)
    except KeyError:
        raise FatalError(
            f"{objects.bucket}: {key}, the copy of {shown(file.uri) or 'a list'}, is gone; restore it"
        ) from None
    if sha256_bytes(data) != file.content_sha256:
        raise FatalError(f"{objects.bucket}: {key}, the copy of {shown(file.uri) or 'a list'}, was changed; restore it")
    return data


def lines(data: bytes) -> list[str]:
    """Return the entries of a list: one a line, without surrounding spaces, blank lines and `#` comments.

    A comment is a line that begins with `#`, or what follows a space and `#`: addresses may hold one themselves.
    Bytes that are no UTF-8 become U+FFFD, and a byte order mark is left out.
    """
    entries = []
    for line in data.decode("utf-8-sig", "replace").splitlines():
        entry = "" if line.lstrip().startswith("#") else line.split(" #", 1)[0].strip()
        if entry:
            entries.append(entry)
    return entries


def key_of(sha256: str) -> str:
    """Return where the copy of a list lies."""
    return f"lists/{sha256}"


def _pinned(value: Any, where: str, rt: Runtime) -> Any:
    """Return `value` with every ListFile in it pinned; unchanged parts stay the same objects."""
    if isinstance(value, ListFile):
        return _pin_file(value, where, rt)
    if isinstance(value, Config):
        fields = {name: getattr(value, name) for name in type(value).model_fields}
        pinned = {name: _pinned(item, f"{where}.{name}".lstrip("."), rt) for name, item in fields.items()}
        changed = {name: item for name, item in pinned.items() if item is not fields[name]}
        return value.model_copy(update=changed) if changed else value
    if isinstance(value, tuple | list):
        items = [_pinned(item, f"{where}[{place}]", rt) for place, item in enumerate(value)]
        return value if all(new is old for new, old in zip(items, value, strict=True)) else type(value)(items)
    if isinstance(value, dict):
        entries = {key: _pinned(item, f"{where}.{key}".lstrip("."), rt) for key, item in value.items()}
        return value if all(entries[key] is item for key, item in value.items()) else entries
    return value


def _pin_file(file: ListFile, where: str, rt: Runtime) -> ListFile:
    wanted = file.content_sha256
    if wanted and rt.objects.exists(key_of(wanted)):
        return file
    data = _read(file.uri, where, rt)
    found = sha256_bytes(data)
    if wanted and wanted != found:
        raise ConfigError(
            f"{where}: {shown(file.uri)} holds something else than content_sha256 {wanted} says: its digest is "
            f"{found}; put the old file back, or change the digest in the specification"
        )
    if not rt.objects.exists(key_of(found)):
        rt.objects.put(key_of(found), data)
    return file if wanted else file.model_copy(update={"content_sha256": found})


def _read(uri: str, where: str, rt: Runtime) -> bytes:
    root, name = split_uri(uri, where=where)
    store = rt.source_store(root)
    try:
        size = store.size(name)
        if size > MAX_LIST_BYTES:
            raise ConfigError(f"{where}: {shown(uri)} has {size} bytes, and a list may have {MAX_LIST_BYTES} at most")
        with store.open(name) as file:
            data = bytes(file.read(MAX_LIST_BYTES + 1))
    except KeyError:
        raise ConfigError(f"{where}: {shown(uri)}: there is no such file") from None
    except OSError as error:
        raise ConfigError(f"{where}: {shown(uri)} cannot be read ({error})") from error
    if len(data) > MAX_LIST_BYTES:
        raise ConfigError(f"{where}: {shown(uri)} has more than {MAX_LIST_BYTES} bytes, the most a list may have")
    return data


def split_uri(uri: str, *, where: str) -> tuple[str, str]:
    """Return (root, name) of a file: what `rt.source_store` opens, and the key in it.

    A path without a root is taken from the repository's root. The query of an http(s) address goes with the root: it
    says who may read, and is no part of a name. Raises ConfigError when no file is named.
    """
    scheme, mark, rest = uri.partition("://")
    path, asks, query = rest.partition("?") if scheme in {"http", "https"} else (rest if mark else uri, "", "")
    root, slash, name = path.rpartition("/")
    if not name or (mark and not slash):
        raise ConfigError(
            f"{where}: uri {shown(uri)!r} names no file; give s3://bucket/key, file:///path, http(s):// or a path"
        )
    if mark:
        return f"{scheme}://{root or slash}{asks}{query}", name
    return (root or slash, name) if slash and path.startswith("/") else (str(REPOSITORY / root), name)
