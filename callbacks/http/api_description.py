"""The description of the API (OpenAPI 3.1): made of the routes, completed where they say less.

Which routes are part of it, who may ask them and what they answer stands in one table here; the
tests send thousands of made-up requests and compare.
"""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from callbacks.http import answers as made
from callbacks.http import feeds_answers as fed
from callbacks.http import picture_answers as seen
from callbacks.http.audit import AuditAnswer
from callbacks.http.commands import KEY_HEADER, MAX_KEY
from callbacks.http.displays import DisplayAnswer
from callbacks.http.gate import CSRF_HEADER, SESSION_COOKIE
from callbacks.http.paths import READINGS, SAFE_METHODS
from callbacks.http.problems import MEDIA_TYPE
from data.domain.readings import MAX_ID_LENGTH, VALUE_RANGES
from data.domain.words import Reported
from data.feeds.decode import MAX_ITEMS
from layouts.i18n import Translator

#: Msgid: the first words of the description.
ABOUT: Final = "供程序对接使用。时间均为 Unix 毫秒（另有说明的除外），拒绝时按 RFC 9457 应答。"

Schema = dict[str, Any]
KEY: Final[list[Schema]] = [{"key": []}]
SESSION: Final[list[Schema]] = [{"session": []}]
COMMAND: Final[list[Schema]] = [{"session": [], "csrf": []}]
JSON: Final = "application/json"


@dataclass(frozen=True, slots=True)
class Route:
    """What the description says of a route; tag, title and about are msgids.

    ``answer``: a model, a list of one (a list of them), or a media type. ``about``: what the title
    leaves open.
    """

    tag: str
    title: str
    answer: Any
    about: str = ""


ROUTES: Final[dict[str, Route]] = {
    f"POST {READINGS}": Route("读数", "上报读数", made.ReadingsAnswer),
    "GET /api/v1/keys": Route(
        "接口密钥", "列出密钥", [made.KeyAnswer], "使用中的排在前面；不保存密钥原文。"
    ),
    "POST /api/v1/keys": Route(
        "接口密钥", "新建密钥", made.NewKeyAnswer, "密钥原文只在本次应答中出现一次。"
    ),
    "POST /api/v1/keys/{key_id}/revoke": Route(
        "接口密钥", "吊销密钥", made.KeyAnswer, "永久停用一个密钥，2 秒内生效。"
    ),
    "GET /api/v1/dead-letters": Route(
        "未收下的消息",
        "列出消息",
        made.LettersAnswer,
        "列出待处理的，或已处理（settled）的，新的在前。以本页最小的 id 作 before 取下一页。",
    ),
    "GET /api/v1/dead-letters/{letter_id}": Route(
        "未收下的消息", "查看消息原文", made.LetterAnswer, "一条消息及其原始字节。"
    ),
    "POST /api/v1/dead-letters/replay": Route(
        "未收下的消息",
        "重新处理",
        made.ReplayAnswer,
        "按当初的接收时间再次送入处理流程。仍无法接收的继续等待，错误在应答中。",
    ),
    "POST /api/v1/dead-letters/discard": Route(
        "未收下的消息", "丢弃", made.DiscardAnswer, "不再处理；30 天内仍可查看。"
    ),
    "GET /api/v1/audit": Route("审计", "查询审计", AuditAnswer),
    "GET /api/v1/displays": Route("大屏管理", "列出大屏", [DisplayAnswer]),
    "POST /api/v1/displays/pair": Route("大屏管理", "配对大屏", DisplayAnswer),
    "POST /api/v1/displays/{display_id}/revoke": Route("大屏管理", "撤销大屏", DisplayAnswer),
    "GET /api/v1/feeds": Route("接入", "接入状况", fed.FeedsAnswer),
    "GET /api/v1/feeds/devices": Route("接入", "可选的设备", [fed.DeviceChoice]),
    "GET /api/v1/feeds/buildings": Route("接入", "可选的建筑", [fed.BuildingChoice]),
    "POST /api/v1/feeds/transmitters/{address}/register": Route(
        "接入", "登记传输装置", fed.RegisteredTransmitter
    ),
    "POST /api/v1/feeds/points/{point_id}/register": Route("接入", "登记部件", fed.RegisteredPoint),
    "GET /api/v1/transmitters/{address}/duty-checks": Route(
        "传输装置", "查岗记录", [seen.DutyCheckAnswer]
    ),
    "POST /api/v1/transmitters/{address}/duty-checks": Route(
        "传输装置", "发起查岗", seen.DutyCheckAnswer
    ),
    "POST /api/v1/alarms/acknowledge": Route("报警操作", "批量确认", seen.BulkAnswer),
    "POST /api/v1/alarms/{alarm_id}/acknowledge": Route("报警操作", "确认报警", seen.AlarmAnswer),
    "POST /api/v1/alarms/{alarm_id}/confirm": Route("报警操作", "确认为火情", seen.AlarmAnswer),
    "POST /api/v1/alarms/{alarm_id}/close": Route("报警操作", "结案报警", seen.AlarmAnswer),
    "POST /api/v1/alarms/{alarm_id}/shelve": Route("报警操作", "屏蔽报警", seen.AlarmAnswer),
    "POST /api/v1/alarms/{alarm_id}/unshelve": Route("报警操作", "取消屏蔽", seen.AlarmAnswer),
    "POST /api/v1/devices/{device_id}/out-of-service": Route(
        "设备操作", "设备停用", seen.ServiceAnswer
    ),
    "POST /api/v1/devices/{device_id}/back-in-service": Route(
        "设备操作", "设备恢复使用", seen.ServiceAnswer
    ),
    "GET /api/v1/incidents": Route("警情操作", "未结警情", [seen.IncidentLine]),
    "GET /api/v1/incidents/{incident_id}": Route("警情操作", "查看警情", seen.IncidentAnswer),
    "GET /api/v1/incidents/{incident_id}/handover": Route(
        "警情操作", "119 移交单", seen.HandOverAnswer
    ),
    "POST /api/v1/incidents/{incident_id}/dispatched": Route(
        "警情操作", "登记派人", seen.IncidentAnswer
    ),
    "POST /api/v1/incidents/{incident_id}/arrived": Route(
        "警情操作", "登记到场", seen.IncidentAnswer
    ),
    "POST /api/v1/incidents/{incident_id}/controlled": Route(
        "警情操作", "登记控制", seen.IncidentAnswer
    ),
    "POST /api/v1/incidents/{incident_id}/ended": Route(
        "警情操作", "登记处置结束", seen.IncidentAnswer
    ),
    "POST /api/v1/incidents/{incident_id}/note": Route("警情操作", "添加记录", seen.IncidentAnswer),
    "POST /api/v1/incidents/{incident_id}/check": Route(
        "警情操作", "勾选核对项", seen.IncidentAnswer
    ),
    "POST /api/v1/incidents/{incident_id}/close": Route(
        "警情操作", "结案警情", seen.IncidentAnswer
    ),
    "POST /api/v1/incidents/{incident_id}/merge": Route(
        "警情操作", "合并警情", seen.IncidentAnswer
    ),
    "POST /api/v1/incidents/{incident_id}/split": Route(
        "警情操作", "把报警拆成新警情", seen.IncidentAnswer
    ),
    "POST /api/v1/incidents/{incident_id}/photos": Route(
        "警情操作", "添加照片", seen.IncidentAnswer
    ),
    "GET /api/v1/incidents/{incident_id}/photos/{photo_id}": Route(
        "警情操作", "查看照片", "image/jpeg"
    ),
    "GET /api/v1/rules": Route("报警规则", "全部规则", [seen.RuleAnswer]),
    "GET /api/v1/rules/history": Route("报警规则", "规则变更记录", [seen.RuleChange]),
    "POST /api/v1/rules/{device_kind}/{cause}": Route("报警规则", "修改规则", seen.ChangedRule),
    "POST /api/v1/rules/{device_kind}/{cause}/reset": Route(
        "报警规则", "恢复默认规则", seen.ChangedRule
    ),
    "GET /live/snapshot": Route("实时态势", "当前态势", seen.SnapshotAnswer),
    "GET /live/events": Route("实时态势", "实时事件流", "text/event-stream"),
    "GET /healthz": Route("运行状态", "进程存活", seen.HealthAnswer),
    "GET /readyz": Route("运行状态", "各部件就绪", seen.ReadyAnswer),
    "GET /metrics": Route("运行状态", "运行指标", "text/plain"),
}
#: Ways to say who asks; descriptions are msgids.
SECURITY: Final[dict[str, dict[str, str]]] = {
    "key": {"type": "http", "scheme": "bearer", "description": "接口密钥，由管理员发放"},
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": SESSION_COOKIE,
        "description": "登录后的会话",
    },
    "csrf": {
        "type": "apiKey",
        "in": "header",
        "name": CSRF_HEADER,
        "description": "页面 <meta name=xt-csrf> 中的令牌",
    },
}
IMAGE: Final = {"schema": {"type": "string", "contentMediaType": "image/jpeg"}}


def describe(app: FastAPI, translate: Translator) -> Schema:
    """Return the description of an application's API, its titles in one language."""
    found = get_openapi(title=app.title, version=app.version, routes=app.routes)
    found["info"]["description"] = translate(ABOUT)
    paths: dict[str, Schema] = {}
    for name, route in ROUTES.items():
        method, path = name.lower().split()[0], name.split()[1]
        operation = found["paths"].get(path, {}).get(method)
        if operation is not None:
            done = _completed(path, method, operation, route)
            paths.setdefault(path, {})[method] = done | _words(route, translate)
    schemas = {**found["components"]["schemas"], **_schemas()}
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    schemes = {
        name: {**scheme, "description": translate(scheme["description"])}
        for name, scheme in SECURITY.items()
    }
    components = {"schemas": dict(sorted(schemas.items())), "securitySchemes": schemes}
    return {**found, "paths": paths, "components": components}


def _words(route: Route, translate: Translator) -> Schema:
    """Return what people read of a route, instead of its docstring, which speaks one language."""
    return {
        "tags": [translate(route.tag)],
        "summary": translate(route.title),
        "description": translate(route.about) if route.about else "",
    }


def _completed(path: str, method: str, operation: Schema, route: Route) -> Schema:
    done = {
        **operation,
        "responses": _responses(path, method, operation, route),
        "security": _security(path, method),
    }
    if path == READINGS:
        done["requestBody"] = _readings()
    elif method == "post" and path.endswith("/photos"):
        done["requestBody"] = {"required": True, "content": {"image/jpeg": IMAGE}}
    if done["security"] == COMMAND:
        done["parameters"] = [*operation.get("parameters", ()), _click()]
    return done


def _responses(path: str, method: str, operation: Schema, route: Route) -> Schema:
    content = _content(route.answer)
    done = next(status for status in operation["responses"] if status.startswith("2"))
    found = {
        done: {"description": HTTPStatus(int(done)).phrase, "content": content},
        **{str(status): _refusal(status) for status in _refusals(path, method)},
    }
    if path == "/readyz":
        found["503"] = {"description": "Not ready", "content": content}
    return dict(sorted(found.items()))


def _refusal(status: int) -> Schema:
    content = {MEDIA_TYPE: {"schema": _reference(made.ProblemAnswer)}}
    return {"description": HTTPStatus(status).phrase, "content": content}


def _content(answer: Any) -> Schema:
    if isinstance(answer, str):
        schema = IMAGE["schema"] if answer.startswith("image") else {"type": "string"}
        return {answer: {"schema": schema}}
    if isinstance(answer, list):
        return {JSON: {"schema": {"type": "array", "items": _reference(answer[0])}}}
    return {JSON: {"schema": _reference(answer)}}


def _reference(model: type[BaseModel]) -> Schema:
    return {"$ref": f"#/components/schemas/{model.__name__}"}


def _refusals(path: str, method: str) -> set[int]:
    """Return what a route may refuse with, besides what it says itself."""
    if path == READINGS:
        return {400, 401, 403, 408, 413, 415, 422, 429, 503}
    if path in {"/healthz", "/readyz"}:
        return set()
    found = {400, 401, 403}
    if path.startswith("/live/"):
        return found | {503}
    if path != "/metrics":
        found |= {404, 422, 503}
    if method.upper() not in SAFE_METHODS:
        found |= {408, 409, 413}
    return found


def _security(path: str, method: str) -> list[Schema]:
    if path == READINGS:
        return KEY
    if path in {"/healthz", "/readyz"}:
        return []
    if path == "/metrics":
        return [*KEY, *SESSION]
    return SESSION if method.upper() in SAFE_METHODS else COMMAND


def _click() -> Schema:
    return {
        "name": KEY_HEADER,
        "in": "header",
        "required": False,
        "description": "Names a click: a repeated command gets the first answer.",
        "schema": {"type": "string", "maxLength": MAX_KEY, "pattern": r"^[ -~]*$"},
    }


def _readings() -> Schema:
    one = {"$ref": "#/components/schemas/Reading"}
    schema = {"type": "array", "items": one, "minItems": 1, "maxItems": MAX_ITEMS}
    example = [
        {
            "device_id": "XT-SMK-000123",
            "message_id": "m1",
            "measured_at": "2026-11-22T10:24:07+08:00",
            "values": {"smoke_pct": 12.5},
        }
    ]
    return {"required": True, "content": {JSON: {"schema": schema, "example": example}}}


def _reading() -> Schema:
    name = {"type": "string", "minLength": 1, "maxLength": MAX_ID_LENGTH}
    values = {
        value: {"type": "number", "minimum": low, "maximum": high}
        for value, (low, high) in VALUE_RANGES.items()
    }
    return {
        "type": "object",
        "description": "A message of one device: a status, values, or both.",
        "required": ["device_id", "message_id", "measured_at"],
        "additionalProperties": False,
        "properties": {
            "device_id": name,
            "message_id": {**name, "description": "The same id again has no effect."},
            "measured_at": {
                "type": "string",
                "format": "date-time",
                "description": "By the device's clock: at most 5 min ahead, 30 days old.",
            },
            "status": {"enum": [*map(str, Reported), None]},
            "values": {"type": "object", "additionalProperties": False, "properties": values},
        },
    }


def _schemas() -> Schema:
    """Return the schemas that routes do not name themselves."""
    models: set[type[BaseModel]] = {made.ProblemAnswer}
    for route in ROUTES.values():
        one = route.answer[0] if isinstance(route.answer, list) else route.answer
        if isinstance(one, type) and issubclass(one, BaseModel):
            models.add(one)
    wanted = [(model, "serialization") for model in sorted(models, key=lambda m: m.__name__)]
    _, found = models_json_schema(wanted, ref_template="#/components/schemas/{model}")  # type: ignore[arg-type]
    schemas: Schema = found["$defs"]
    return {**schemas, "Reading": _reading()}
