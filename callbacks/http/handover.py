"""``GET /handover/{incident}``: the record for 119 as a page; displays are kept out by the gate."""

from http import HTTPStatus

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from callbacks.http.auth import LANG_COOKIE, actor_of
from callbacks.http.commands import IdInPath
from callbacks.http.incidents import make_hand_over
from callbacks.http.json_answer import NO_STORE
from callbacks.services import Services
from data.domain.errors import NotFoundError
from layouts.handover import hand_over_page, missing_page
from layouts.i18n import as_lang
from layouts.shown import Shown


def handover_router(services: Services, *, assets: str) -> APIRouter:
    """Make the router; ``assets`` is the versioned prefix of the browser's files."""
    router = APIRouter(include_in_schema=False)

    @router.get("/handover/{incident_id}")
    def get_page(incident_id: IdInPath, request: Request) -> HTMLResponse:
        shown = Shown(as_lang(request.cookies.get(LANG_COOKIE)), services.now())
        try:
            record = make_hand_over(services, incident_id, actor_of(request).role)
        except NotFoundError:
            return HTMLResponse(missing_page(assets, shown), HTTPStatus.NOT_FOUND, NO_STORE)
        return HTMLResponse(hand_over_page(record, assets, shown), headers=NO_STORE)

    return router
