"""The data directory: made private, checked, locked by one launcher, with the key files."""

import contextlib
import fcntl
import os
import secrets
import tempfile
from pathlib import Path
from typing import Final, Self

from data.errors import StartError

SECRET_KEY: Final = "secret.key"  # noqa: S105 - a file name
API_KEY: Final = "api.key"
#: Where transmitters connect: simulated ones read it there.
GB26875_PORT: Final = "gb26875.port"
LOCK: Final = "launcher.lock"


class Home:
    """The data directory of a running launcher; a second one on the same directory is refused."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock: int | None = None

    def __enter__(self) -> Self:
        """Make and lock the directory.

        Raises
        ------
        StartError
            If it can't be made or written, or another launcher uses it.
        """
        make_private_folder(self.folder)
        self._lock = os.open(self.folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pid = os.read(self._lock, 20).decode(errors="replace").strip()
            os.close(self._lock)
            raise StartError(
                f"{self.folder} 正被另一个实例（进程 {pid}）使用，"
                "请先停止它，或设置另一个 XT_DATA_DIR。"
                f"/ {self.folder} is in use by another instance (process {pid}); "
                "stop it, or set another XT_DATA_DIR."
            ) from None
        os.truncate(self._lock, 0)
        os.write(self._lock, str(os.getpid()).encode())
        return self

    def __exit__(self, *_: object) -> None:
        """Release the lock; the kernel does so too when the process dies."""
        if self._lock is not None:
            os.close(self._lock)


def make_private_folder(folder: Path) -> None:
    """Make the data directory (mode 700) and see that it can be written.

    Raises
    ------
    StartError
        If one of both is impossible.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = folder / f".probe-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise StartError(
            f"数据目录 {folder} 无法使用（{error.strerror}）；请修复其权限，或设置 XT_DATA_DIR。"
            f"/ The data directory {folder} can't be used ({error.strerror}); "
            "put its permissions right, or set XT_DATA_DIR."
        ) from error


def key_from(folder: Path, name: str) -> str:
    """Return the key kept in a file of the data directory; made at random at the first time."""
    path = folder / name
    if not path.exists():
        _write_key(path)
    key = path.read_text("ascii").strip()
    if not key:
        raise StartError(
            f"密钥文件 {path} 是空的，请删除后重新启动。"
            f"/ The key file {path} is empty; delete it and start again."
        )
    return key


def _write_key(path: Path) -> None:
    """Write a new key, whole or not at all, whenever the power fails; of two writers one wins."""
    descriptor, draft = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)  # mode 600
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(32))
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        Path(draft).unlink()
