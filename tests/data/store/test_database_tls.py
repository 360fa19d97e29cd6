"""PostgreSQL over TLS: its certificate is checked, and nothing is said in the clear."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from data.store.database import Database
from tests.data.feeds.mqtt.test_broker import make_certificates
from tests.servers import PostgresServer, postgres_user, wait_for


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[PostgresServer, Path]]:
    """A server with a certificate of a CA that nobody knows; it refuses what is not TLS."""
    made = tmp_path_factory.mktemp("certificates")
    make_certificates(made)
    # Its user can't look into pytest's folders.
    folder = Path("/tmp") / f"xt-tls-{made.parent.name}"  # noqa: S108
    folder.mkdir()
    for name in ("server.pem", "server.key"):
        shutil.copy(made / name, folder)
        (folder / name).chmod(0o600)
        shutil.chown(folder / name, postgres_user())
    files = [f"ssl_cert_file={folder / 'server.pem'}", f"ssl_key_file={folder / 'server.key'}"]
    server = PostgresServer(
        folder, "-F", "-c", "ssl=on", *(word for file in files for word in ("-c", file))
    )
    try:
        server.make()
        rules = folder / "data" / "pg_hba.conf"
        rules.write_text("hostssl all all 127.0.0.1/32 trust\n", "ascii")
        server.start()
        wait_for(server.answers, 30)
        yield server, made / "ca.pem"
    finally:
        server.stop()
        shutil.rmtree(folder)


def test_a_checked_certificate_carries_every_query(server: tuple[PostgresServer, Path]) -> None:
    running, ca = server
    url = f"{running.url}/postgres?sslmode=verify-full&sslrootcert={ca}"
    database = Database(url)
    with database.reading() as session:
        used = "SELECT ssl, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
        assert session.execute(text(used)).one() == (True, "TLSv1.3")
    database.close()


@pytest.mark.parametrize(
    ("mode", "why"),
    [
        ("sslmode=disable", "no pg_hba.conf entry|no encryption"),
        ("sslmode=verify-full&sslrootcert=system", "certificate verify failed"),
    ],
)
def test_neither_the_clear_nor_a_strange_certificate(
    server: tuple[PostgresServer, Path], mode: str, why: str
) -> None:
    database = Database(f"{server[0].url}/postgres?{mode}")
    with pytest.raises(OperationalError, match=why), database.reading() as session:
        session.execute(text("SELECT 1"))
    database.close()
