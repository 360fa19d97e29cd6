"""The table of rules: read by everybody who is signed in, changed by admins."""

from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from pydantic import Field

from callbacks.http.commands import Body, Note, carry_out, commander_of
from callbacks.http.json_answer import json_answer
from callbacks.services import Services
from data.domain.rule_changes import Numbers, Override
from data.domain.rules import RULES, Rule, Rules
from data.domain.words import DeviceKind
from data.live.wire import to_ms
from data.store.rules import history, read_rules

Number = Annotated[float, Field(allow_inf_nan=False)]
Seconds = Annotated[int, Field(ge=0, le=86_400)]


class Change(Body):
    """Other numbers for a rule, and why."""

    on: Number
    off: Number
    on_delay_s: Seconds = 0
    off_delay_s: Seconds = 0
    reason: Annotated[Note, Field(min_length=1)]


class Reset(Body):
    """Why the program's numbers are to be used again."""

    reason: Annotated[Note, Field(min_length=1)]


def rules_router(services: Services) -> APIRouter:
    """Make the router of the rules, and of the load that they make."""
    router = APIRouter(prefix="/api/v1")
    _reading_routes(router, services)

    @router.post("/rules/{device_kind}/{cause}")
    async def change(
        device_kind: DeviceKind, cause: str, body: Change, request: Request
    ) -> Response:
        numbers = Numbers(body.on, body.off, body.on_delay_s, body.off_delay_s)
        override = Override(device_kind, cause, numbers)
        actor = commander_of(request)
        return await carry_out(services.commands.change_rule, override, actor, body.reason)

    @router.post("/rules/{device_kind}/{cause}/reset")
    async def reset(device_kind: DeviceKind, cause: str, body: Reset, request: Request) -> Response:
        actor = commander_of(request)
        return await carry_out(services.commands.reset_rule, device_kind, cause, actor, body.reason)

    return router


def _reading_routes(router: APIRouter, services: Services) -> None:
    @router.get("/rules")
    def get_rules() -> Response:
        with services.database.reading() as session:
            return json_answer(_rows(read_rules(session)))

    @router.get("/rules/history")
    def get_history() -> Response:
        with services.database.reading() as session:
            rows = [
                {
                    "at": to_ms(row.at),
                    "actor": row.actor,
                    "device_kind": str(row.device_kind),
                    "cause": row.cause,
                    "before": row.before,
                    "after": row.after,
                    "reason": row.reason,
                }
                for row in history(session)
            ]
        return json_answer(rows)


def _rows(rules: Rules) -> list[dict[str, Any]]:
    """Return every rule with its numbers and those of the program."""
    return [
        _row(kind, rule, own)
        for kind in DeviceKind
        for rule, own in zip(rules[kind], RULES[kind], strict=True)
    ]


def _row(kind: DeviceKind, rule: Rule, own: Rule) -> dict[str, Any]:
    return {
        "device_kind": str(kind),
        "cause": rule.cause,
        "kind": str(rule.kind),
        "value": rule.value,
        "side": str(rule.side),
        **Numbers.of(rule).as_dict(),
        "default": Numbers.of(own).as_dict(),
    }
