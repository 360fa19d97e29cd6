"""Settings of the application: environment variables ``XT_*`` and the file ``.env``."""

from collections.abc import Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from data.domain.accounts import MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH
from data.errors import StartError

PREFIX = "XT_"
BROKERS = frozenset({"mqtt", "mqtts"})
#: What the application comes with drivers for.
DATABASES = frozenset({"sqlite", "sqlite+pysqlite", "postgresql+psycopg"})


class Settings(BaseSettings):
    """Everything that may differ between two installations; described in ``.env.example``."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=".env", env_ignore_empty=True, extra="forbid", frozen=True
    )

    host: str = "127.0.0.1"
    port: int = Field(8050, ge=1, le=65535)
    #: Port of the HTTP way in where it runs as a process of its own (``python app.py feeds``).
    feeds_port: int = Field(8051, ge=1, le=65535)
    #: Where transmitters of GB/T 26875.3 connect; closed without a port.
    gb26875_host: str = "127.0.0.1"
    gb26875_port: int | None = Field(None, ge=1, le=65535)
    #: The broker of the MQTT way in: mqtt://HOST:PORT or mqtts://…; empty: there is none.
    mqtt_url: str = ""
    mqtt_user: str = ""
    mqtt_password: SecretStr = SecretStr("")
    #: What signed the broker's certificate, where the system does not know it; our own certificate.
    mqtt_ca: Path | None = None
    mqtt_cert: Path | None = None
    mqtt_key: Path | None = None
    #: Our name there; each process adds its number. Empty: xintang- and the machine's name.
    mqtt_client_id: str = ""
    #: What the topics of other vendors say.
    mqtt_mapping: Path | None = None
    data_dir: Path = Path("var")
    #: Empty: SQLite in ``data_dir``.
    database_url: str = ""
    #: Empty: an embedded redis-server, started and stopped with the application.
    redis_url: str = ""
    #: Empty: a key file in ``data_dir``, made at the first start (mode 600).
    secret_key: SecretStr = SecretStr("")
    #: Empty: random passwords, printed once at the start.
    demo_password: SecretStr = SecretStr("")
    simulate: bool = True
    demo_devices: int = Field(6000, ge=500, le=200_000)
    #: How long the audit is kept: at least a year.
    audit_days: int = Field(1096, ge=366, le=36_600)
    #: Cookies only over HTTPS and HSTS; set it behind a TLS proxy.
    https: bool = False
    #: Proxies in front of us, addresses or networks separated by commas: they are believed what
    #: they say of the sender's address. Empty: nobody is.
    trusted_proxies: str = ""
    #: The wall's visible width, and how far away its farthest viewer sits: they size its letters.
    wall_width_mm: float = Field(3600, ge=300, le=50_000)
    wall_seat_m: float = Field(6, ge=0.3, le=60)
    basemap: Literal["builtin", "tianditu", "amap", "osm", "xyz", "mbtiles"] = "builtin"
    tianditu_key: SecretStr = SecretStr("")
    basemap_xyz_url: str = ""
    basemap_mbtiles: Path | None = None

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, url: str) -> str:
        if url and _driver(url) not in DATABASES:
            raise ValueError(
                "应为 sqlite:///文件路径 或 postgresql+psycopg://用户:密码@主机/数据库 "
                "/ must be sqlite:///FILE or postgresql+psycopg://USER:PASSWORD@HOST/DATABASE"
            )
        return url

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, proxies: str) -> str:
        try:
            for one in _parts(proxies):
                ip_network(one, strict=False)
        except ValueError:
            raise ValueError(
                "应为以逗号分隔的地址或网段，如 127.0.0.1,10.0.0.0/8 "
                "/ must be addresses or networks separated by commas, as 127.0.0.1,10.0.0.0/8"
            ) from None
        return proxies

    @field_validator("mqtt_url")
    @classmethod
    def _known_broker(cls, url: str) -> str:
        if url and not _is_broker(url):
            raise ValueError(
                "应为 mqtt://主机:端口 或 mqtts://主机:端口，账号用 XT_MQTT_USER、XT_MQTT_PASSWORD "
                "/ must be mqtt://HOST:PORT or mqtts://HOST:PORT; "
                "an account is told by XT_MQTT_USER and XT_MQTT_PASSWORD"
            )
        return url

    @field_validator("demo_password")
    @classmethod
    def _acceptable(cls, password: SecretStr) -> SecretStr:
        length = len(password.get_secret_value())
        if length and not MIN_PASSWORD_LENGTH <= length <= MAX_PASSWORD_LENGTH:
            raise ValueError(
                f"需要 {MIN_PASSWORD_LENGTH} 到 {MAX_PASSWORD_LENGTH} 个字符 "
                f"/ must have {MIN_PASSWORD_LENGTH} to {MAX_PASSWORD_LENGTH} characters"
            )
        return password

    @model_validator(mode="after")
    def _basemap_is_complete(self) -> "Settings":
        if self.basemap == "tianditu" and not self.tianditu_key.get_secret_value():
            raise ValueError("XT_BASEMAP=tianditu needs XT_TIANDITU_KEY")
        if self.basemap == "xyz" and not self.basemap_xyz_url:
            raise ValueError(
                "XT_BASEMAP=xyz needs XT_BASEMAP_XYZ_URL, e.g. http://tiles.lan/{z}/{x}/{y}.png"
            )
        if self.basemap == "mbtiles" and self.basemap_mbtiles is None:
            raise ValueError(
                "XT_BASEMAP=mbtiles needs XT_BASEMAP_MBTILES, the path of an .mbtiles file"
            )
        return self

    @model_validator(mode="after")
    def _certificates_are_complete(self) -> "Settings":
        if (self.mqtt_cert is None) is not (self.mqtt_key is None):
            raise ValueError("XT_MQTT_CERT and XT_MQTT_KEY need each other")
        if self.mqtt_url.startswith("mqtt:") and (self.mqtt_ca or self.mqtt_cert):
            raise ValueError("XT_MQTT_CA and XT_MQTT_CERT need XT_MQTT_URL=mqtts://…")
        return self

    @property
    def proxies(self) -> tuple[str, ...]:
        """Proxies that are trusted."""
        return _parts(self.trusted_proxies)

    @property
    def sql_url(self) -> str:
        """Database URL in force."""
        return self.database_url or f"sqlite:///{self.data_dir / 'xintang.db'}"


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _driver(url: str) -> str | None:
    try:
        return make_url(url).drivername
    except (ArgumentError, ValueError):  # no URL at all, or a port that is no number
        return None


def _is_broker(url: str) -> bool:
    try:
        parts = urlsplit(url)
        port = parts.port  # raises where it is no number
    except ValueError:
        return False
    bare = not (parts.username or parts.password or parts.query or parts.path.strip("/"))
    return parts.scheme in BROKERS and bool(parts.hostname) and bare and port != 0


def unread_variables(environment: Mapping[str, str]) -> set[str]:
    """Return the ``XT_`` variables that no setting reads: misspelt ones."""
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    return {name for name in environment if name.upper().startswith(PREFIX)} - known


def load_settings(environment: Mapping[str, str]) -> Settings:
    """Read the settings from the environment and ``.env``.

    Raises
    ------
    StartError
        If a variable is misspelt or a value is not allowed; the message names each.
    """
    if unread := sorted(unread_variables(environment)):
        names = ", ".join(unread)
        raise StartError(
            f"没有名为 {names} 的设置，请对照 .env.example 检查拼写。"
            f"/ There is no setting {names}; compare the spelling with .env.example."
        )
    try:
        return Settings()
    except ValidationError as error:
        wrong = "; ".join(_sentence(detail) for detail in error.errors(include_input=False))
        raise StartError(f"设置有误 / Wrong settings: {wrong}") from None


def _sentence(detail: Mapping[str, Any]) -> str:
    """Return what is wrong without the value, which may be a secret."""
    name = ".".join(str(part) for part in detail["loc"]).upper()
    variable = name if not name or name.startswith(PREFIX) else f"{PREFIX}{name}"
    ours = detail.get("ctx", {}).get("error")  # without pydantic's "Value error, " before it
    return f"{variable} {ours or detail['msg']}".strip()
