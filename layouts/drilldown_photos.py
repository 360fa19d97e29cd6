"""The photos of an incident in its panel."""

from dash import html
from dash.development.base_component import Component

from data.domain.drilldown import PhotoView
from data.domain.rights import Right
from layouts.components import empty, section
from layouts.drilldown_handling import AtHand, act
from layouts.shown import Shown


def photos_section(at_hand: AtHand, shown: Shown) -> Component:
    """Return the small photos, each leading to the whole one, and the place of the upload."""
    _ = shown.translate
    number, photos = at_hand.incident.id, at_hand.handling.photos
    nothing = empty(_("还没有照片。现场照片（JPEG、PNG、WebP，不超过 8 MB）会显示在这里。"))
    shown_photos = html.Div([_photo(photo, number, shown) for photo in photos], className="photos")
    return section(
        _("现场照片"),
        shown_photos if photos else nothing,
        act("photo", number) if shown.may(Right.NOTE) else None,
        count=len(photos) if photos else None,
        css="acts",
    )


def _photo(photo: PhotoView, incident: int, shown: Shown) -> Component:
    _ = shown.translate
    said = f"{shown.clock(photo.at)} {photo.actor}"
    if photo.incident_id != incident:
        said = f"{said} · {_('警情 {n}').format(n=photo.incident_id)}"
    path = f"/api/v1/incidents/{photo.incident_id}/photos/{photo.id}"
    alt = _("现场照片，{said}").format(said=said)
    return html.Figure(
        [
            html.A(html.Img(src=f"{path}?small=1", alt=alt), href=path, target="_blank"),
            html.Figcaption(said, className="num"),
        ]
    )
