import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from data.feeds.simulated.held import held, held_now
from data.feeds.simulated.http import FeedError
from tests.servers import ROOT, wait_for


def test_devices_are_held_until_the_scenario_ends(tmp_path: Path) -> None:
    assert held_now(tmp_path) == frozenset()
    with held(tmp_path, ["S2", "S1"]):
        assert held_now(tmp_path) == {"S1", "S2"}
    assert held_now(tmp_path) == frozenset()


def test_two_scenarios_do_not_run_at_once(tmp_path: Path) -> None:
    with held(tmp_path, ["S1"]):
        with pytest.raises(FeedError, match="Another scenario is running"), held(tmp_path, ["S2"]):
            pass
        assert held_now(tmp_path) == {"S1"}


def test_a_scenario_that_was_killed_holds_nothing(tmp_path: Path) -> None:
    code = (
        "import time, pathlib, sys; from data.feeds.simulated.held import held\n"
        "with held(pathlib.Path(sys.argv[1]), ['S1']): time.sleep(60)"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], env=environment)
    wait_for(lambda: held_now(tmp_path) == {"S1"})
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert held_now(tmp_path) == frozenset()
