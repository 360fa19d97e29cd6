"""Who we are to the broker: settings, TLS, passwords, and that no password is ever shown."""

import subprocess
from pathlib import Path

import pytest
from pydantic import SecretStr

from data.errors import StartError
from data.feeds.mqtt.broker import broker_of
from data.settings import Settings, load_settings
from data.store.models import AlarmRow
from tests.brokers import Mosquitto, feeding, publish, reading_topic, run_mosquitto, until
from tests.lane import Lane
from tests.servers import ROOT

PASSWORD = "a-password-of-the-broker"


def settings(**more: object) -> Settings:
    return Settings.model_validate({"mqtt_url": "mqtt://broker.lan", **more})


def test_the_port_is_the_usual_one_and_each_process_has_its_name() -> None:
    plain = broker_of(settings(), 1)
    assert (plain.host, plain.port, plain.tls) == ("broker.lan", 1883, None)
    assert plain.client_id == broker_of(settings(), 1).client_id
    assert plain.client_id != broker_of(settings(), 2).client_id
    safe = broker_of(settings(mqtt_url="mqtts://broker.lan", mqtt_client_id="xt"), 3)
    assert (safe.port, safe.client_id) == (8883, "xt-3")
    assert safe.tls is not None
    assert broker_of(settings(mqtt_url="mqtts://[::1]:1234"), 1).address == "::1:1234"


def test_a_password_is_never_shown() -> None:
    told = settings(mqtt_user="xt", mqtt_password=SecretStr(PASSWORD))
    broker = broker_of(told, 1)
    assert broker.password == PASSWORD
    assert PASSWORD not in f"{told!r} {broker!r} {broker.address}"


@pytest.mark.parametrize(
    ("name", "value", "wrong"),
    [
        ("XT_MQTT_URL", "broker.lan:1883", "mqtt://HOST:PORT"),
        ("XT_MQTT_URL", "http://broker.lan", "mqtt://HOST:PORT"),
        ("XT_MQTT_URL", f"mqtt://xt:{PASSWORD}@broker.lan", "XT_MQTT_USER and XT_MQTT_PASSWORD"),
        ("XT_MQTT_URL", "mqtt://broker.lan:none", "mqtt://HOST:PORT"),
        ("XT_MQTT_CERT", "a.pem", "XT_MQTT_CERT and XT_MQTT_KEY need each other"),
    ],
)
def test_a_wrong_setting_is_one_sentence_without_the_value(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, value: str, wrong: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(name, value)
    with pytest.raises(StartError) as refused:
        load_settings({name: value})
    assert wrong in str(refused.value)
    assert PASSWORD not in str(refused.value)


def test_certificates_need_a_broker_with_tls_and_must_be_some(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="need XT_MQTT_URL=mqtts://"):
        settings(mqtt_ca="ca.pem")
    secure = {"mqtt_url": "mqtts://broker.lan"}
    with pytest.raises(StartError, match=r"XT_MQTT_CA: .*ca\.pem can't be used"):
        broker_of(settings(**secure, mqtt_ca=tmp_path / "ca.pem"), 1)
    with pytest.raises(StartError, match=r"XT_MQTT_CERT, XT_MQTT_KEY: .*can't be used"):
        broker_of(settings(**secure, mqtt_cert=tmp_path / "c", mqtt_key=tmp_path / "k"), 1)
    with pytest.raises(StartError, match="Set XT_MQTT_URL"):
        broker_of(Settings(), 1)


def openssl(folder: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)


def make_certificates(folder: Path) -> None:
    """Make a CA, a certificate of the broker for 127.0.0.1, and one of ours."""
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    ca = ["-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=CA of the tests"]
    openssl(folder, "req", "-x509", *key, *ca, "-days", "2")
    for name, extra in (
        ("server", "subjectAltName=IP:127.0.0.1"),
        ("client", "keyUsage=digitalSignature"),
    ):
        (folder / f"{name}.ext").write_text(f"{extra}\n", "utf-8")
        subject = ["-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}"]
        openssl(folder, "req", *key, *subject)
        signed = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2"]
        files = ["-in", f"{name}.csr", "-out", f"{name}.pem", "-extfile", f"{name}.ext"]
        openssl(folder, "x509", "-req", *files, *signed)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("certificates")
    make_certificates(folder)
    return folder


def make_passwords(path: Path, *names: str) -> None:
    path.touch(mode=0o600)
    for name in names:
        made = ["mosquitto_passwd", "-b", str(path), name, PASSWORD]
        subprocess.run(made, check=True, capture_output=True)


# paho leaves the socket of a failed handshake to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_over_tls_with_a_certificate_and_a_password(
    lane: Lane, certificates: Path, tmp_path: Path
) -> None:
    passwords = tmp_path / "passwords"
    make_passwords(passwords, "xintang")
    configuration = f"""
        allow_anonymous false
        password_file {passwords}
        cafile {certificates / "ca.pem"}
        certfile {certificates / "server.pem"}
        keyfile {certificates / "server.key"}
        require_certificate true
    """
    told = {
        "mqtt_user": "xintang",
        "mqtt_password": SecretStr(PASSWORD),
        "mqtt_ca": certificates / "ca.pem",
        "mqtt_cert": certificates / "client.pem",
        "mqtt_key": certificates / "client.key",
    }
    with run_mosquitto(tmp_path, configuration) as server:
        secure = {"mqtt_url": f"mqtts://127.0.0.1:{server.port}", **told}
        broker = broker_of(settings(**secure), 1)
        with feeding(lane, broker) as running:
            gateway = {"user": "xintang", "password": PASSWORD, "tls": broker.tls}
            with server.client(**gateway) as client:
                publish(client, reading_topic("S0"), {"values": {"smoke_pct": 1}})
                until(lambda: running.total["acknowledged"] == 1)
        wrong = broker_of(settings(**{**secure, "mqtt_password": SecretStr("wrong")}), 2)
        with feeding(lane, wrong, wait=False) as running:
            until(lambda: "uthori" in running.feed.link.error)
        strange = broker_of(settings(**{**secure, "mqtt_ca": None}), 2)
        with feeding(lane, strange, wait=False) as running:
            until(lambda: "certificate verify failed" in running.feed.link.error)
            assert not running.feed.link.up


def test_the_configuration_for_mosquitto_admits_whom_it_should(
    lane: Lane, certificates: Path, tmp_path: Path
) -> None:
    """The files of deploy/ with other paths; the gateway's device is one of the lane's."""
    make_passwords(tmp_path / "xintang.passwd", "xintang", "GW-0017")
    acl = (ROOT / "deploy" / "mosquitto.acl").read_text("utf-8")
    (tmp_path / "xintang.acl").write_text(acl.replace("XT-GAS-000001", "S0"), "utf-8")
    text = (ROOT / "deploy" / "mosquitto.conf").read_text("utf-8")
    for path, here in {
        "/etc/mosquitto/certs/ca.pem": certificates / "ca.pem",
        "/etc/mosquitto/certs/broker": certificates / "server",
        "/etc/mosquitto/xintang": tmp_path / "xintang",
        "/var/lib/mosquitto/": f"{tmp_path}/",
    }.items():
        assert path in text
        text = text.replace(path, str(here))
    server = Mosquitto(tmp_path, own=text)
    server.start()
    try:
        us = {"mqtt_user": "xintang", "mqtt_password": SecretStr(PASSWORD)}
        url = f"mqtts://127.0.0.1:{server.port}"
        broker = broker_of(settings(mqtt_url=url, mqtt_ca=certificates / "ca.pem", **us), 1)
        gateway = {"user": "GW-0017", "password": PASSWORD, "tls": broker.tls}
        with feeding(lane, broker) as running, server.client(**gateway) as client:
            state = "xintang/v1/gateways/GW-0017/state"
            publish(client, state, b"online", retain=True)
            publish(client, reading_topic("S1"), {"message_id": "no", "status": "fire"})
            receipts = {"reply_to": "xintang/v1/receipts/GW-0017", "known_by": b"1"}
            publish(client, reading_topic("S0"), {"message_id": "m", "status": "fire"}, **receipts)
            until(lambda: running.total["receipt"] == 1)
            until(lambda: running.total["gateway_online"] == 1)
    finally:
        server.stop()
    assert [alarm.device_id for alarm in lane.rows(AlarmRow)] == ["S0"]


def test_two_processes_of_one_name_are_told_so(lane: Lane, mosquitto: Mosquitto) -> None:
    with feeding(lane, mosquitto.broker()) as first, feeding(lane, mosquitto.broker()):
        until(lambda: "is there another process xintang-test-1?" in first.feed.link.error)
