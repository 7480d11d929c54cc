"""Object stores: any S3 through the `minio` client, and whatever a source may lie in."""

import io
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TypeVar

import certifi
import urllib3
from minio import Minio
from minio.error import MinioException, S3Error

from tasks.core.errors import ConfigError, RetriableError
from tasks.core.runtime import ObjectStore
from tasks.storage.folder import FolderObjects
from tasks.storage.http import HttpObjects
from tasks.storage.keys import check_key, check_length

__all__ = ["FolderObjects", "S3Objects", "open_source"]

T = TypeVar("T")
_MISSING = {"NoSuchKey", "NoSuchObject", "NotFound"}
_REFUSED = {"AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch"}
# Seconds: a store that does not answer in this time is treated as away, and the try as failed.
CONNECT_TIMEOUT = 5.0
READ_TIMEOUT = 120.0


class S3Objects:
    """One bucket on one S3 endpoint, optionally below a prefix."""

    def __init__(
        self, *, endpoint: str, access_key: str, secret_key: str, bucket: str, secure: bool = False, prefix: str = ""
    ) -> None:
        self.bucket = bucket
        self._endpoint = endpoint
        self._prefix = prefix.strip("/") + "/" if prefix.strip("/") else ""
        self._pool = urllib3.PoolManager(
            timeout=urllib3.Timeout(connect=CONNECT_TIMEOUT, read=READ_TIMEOUT),
            maxsize=16,
            cert_reqs="CERT_REQUIRED",
            ca_certs=certifi.where(),
            retries=urllib3.Retry(total=3, backoff_factor=0.3, status_forcelist=[500, 502, 503, 504]),
        )
        self._client = Minio(
            endpoint, access_key=access_key, secret_key=secret_key, secure=secure, http_client=self._pool
        )

    def below(self, bucket: str, prefix: str) -> "S3Objects":
        """Return a view of another bucket or prefix on the same endpoint."""
        view = object.__new__(S3Objects)
        view.bucket, view._endpoint, view._pool, view._client = bucket, self._endpoint, self._pool, self._client
        view._prefix = prefix.strip("/") + "/" if prefix.strip("/") else ""
        return view

    def _name(self, key: str) -> str:
        return self._prefix + check_key(key)

    def _call(self, key: str, work: Callable[[], T]) -> T:
        """Run one request and translate its errors; messages name the object and never a credential."""
        where = f"s3://{self.bucket}/{self._prefix}{key}"
        try:
            return work()
        except S3Error as error:
            # The answer to a HEAD request has no body: whether key or bucket is missing must be asked.
            if error.code in _MISSING and self._has_bucket():
                raise KeyError(where) from error
            if error.code == "NoSuchBucket" or error.code in _MISSING:
                raise ConfigError(
                    f"{where}: bucket {self.bucket!r} does not exist on {self._endpoint}; create it"
                ) from error
            if error.code in _REFUSED:
                raise ConfigError(
                    f"{where}: {self._endpoint} refused the credentials ({error.code}); check the connection"
                ) from error
            raise RetriableError(f"{where}: {self._endpoint} answered {error.code}: {error.message}") from error
        except ValueError as error:  # the client looks at names before it sends anything
            raise ConfigError(f"{where}: {error}") from error
        except (MinioException, urllib3.exceptions.HTTPError, OSError) as error:
            raise RetriableError(
                f"{where}: {self._endpoint} cannot be reached ({type(error).__name__}: {error})"
            ) from error

    def _has_bucket(self) -> bool:
        """Whether the bucket exists; True where the server does not tell."""
        try:
            return self._client.bucket_exists(self.bucket)
        except (MinioException, urllib3.exceptions.HTTPError, OSError):
            return True

    def put(self, key: str, data: bytes, *, content_type: str = "application/octet-stream") -> None:
        name = self._name(key)
        self._call(
            key,
            lambda: self._client.put_object(self.bucket, name, io.BytesIO(data), len(data), content_type=content_type),
        )

    def put_file(self, key: str, path: str, *, content_type: str = "application/octet-stream") -> None:
        name = self._name(key)
        self._call(key, lambda: self._client.fput_object(self.bucket, name, path, content_type=content_type))

    def get(self, key: str) -> bytes:
        return self._get(key, 0, 0)

    def get_range(self, key: str, offset: int, length: int) -> bytes:
        """Return `length` bytes from `offset`, fewer at the end."""
        return self._get(key, offset, check_length(key, length))

    def _get(self, key: str, offset: int, length: int) -> bytes:
        name = self._name(key)

        def read() -> bytes:
            try:
                response = self._client.get_object(self.bucket, name, offset=offset, length=length)
            except S3Error as error:
                if error.code == "InvalidRange":  # all of it lies beyond the end
                    return b""
                raise
            try:
                return bytes(response.read())
            finally:
                response.close()
                response.release_conn()

        return self._call(key, read)

    @contextmanager
    def open(self, key: str) -> Iterator[BinaryIO]:
        """Yield a seekable local copy, removed afterwards: memory stays flat, and a cut download is repeated whole."""
        name = self._name(key)
        with tempfile.TemporaryDirectory(prefix="backforth-") as folder:
            path = Path(folder) / "object"
            self._call(key, lambda: self._client.fget_object(self.bucket, name, str(path)))
            with path.open("rb") as file:
                yield file

    def exists(self, key: str) -> bool:
        try:
            self.size(key)
        except KeyError:
            return False
        return True

    def size(self, key: str) -> int:
        name = self._name(key)
        return int(self._call(key, lambda: self._client.stat_object(self.bucket, name)).size or 0)

    def list(self, prefix: str) -> Iterator[str]:
        """Yield the keys below `prefix` in order."""
        return (key for key, _ in self.sizes(prefix))

    def sizes(self, prefix: str) -> Iterator[tuple[str, int]]:
        """Yield the keys below `prefix` in order, each with its number of bytes: one request for a thousand."""
        name = self._prefix + prefix
        for item in self._call(prefix, lambda: [*self._client.list_objects(self.bucket, prefix=name, recursive=True)]):
            if item.object_name and not item.is_dir:
                yield item.object_name.removeprefix(self._prefix), item.size or 0

    def delete(self, key: str) -> None:
        name = self._name(key)
        self._call(key, lambda: self._client.remove_object(self.bucket, name))

    def make_bucket(self) -> bool:
        """Create the bucket when it is missing; return whether it was."""
        if self._call("", lambda: self._client.bucket_exists(self.bucket)):
            return False
        self._call("", lambda: self._client.make_bucket(self.bucket))
        return True


def open_source(root: str, objects: S3Objects) -> ObjectStore:
    """Return the store behind a source's root: s3://bucket/prefix on our endpoint, http(s)://, a folder."""
    if root.startswith("s3://"):
        bucket, _, prefix = root.removeprefix("s3://").partition("/")
        return objects.below(bucket, prefix)
    if root.startswith(("http://", "https://")):
        return HttpObjects(root)
    if "://" in root and not root.startswith("file://"):
        raise ConfigError(
            f"source.uri {root!r}: takes s3://bucket/prefix, http(s)://host/folder, file:///folder or a folder's path"
        )
    return FolderObjects(root.removeprefix("file://"))
