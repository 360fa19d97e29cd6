"""``python -m data.feeds.mqtt``: trying a mapping without a broker."""

import json
import subprocess
import sys
from pathlib import Path

from tests.servers import ROOT


def shown(mapping: Path, topic: str, message: bytes) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "data.feeds.mqtt", str(mapping), topic]
    return subprocess.run(command, cwd=ROOT, input=message, capture_output=True, check=False)


def test_it_shows_what_a_mapping_makes_of_a_message(tmp_path: Path) -> None:
    message = b'{"list": [{"addr": 3, "lel": "12.5", "st": "LOW_ALARM"}, {"addr": 9}]}'
    told = shown(ROOT / "deploy" / "mqtt-mapping.toml", "gas/GW-0017/report", message)
    assert told.returncode == 0, told.stderr
    said = json.loads(told.stdout)
    (reading,) = said["readings"]
    assert (reading["device_id"], reading["status"]) == ("XT-GAS-000001", "prealarm")
    assert reading["values"] == {"gas_lel_pct": 12.5}
    assert said["faults"] == ["item 1: number 'GW-0017/9' is not in the devices of gas"]

    told = shown(tmp_path / "none.toml", "a", b"{}")
    assert (told.returncode, told.stdout) == (1, b"")
    assert b"none.toml" in told.stderr
