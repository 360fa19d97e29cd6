"""Cameras in a drill-down: a picture when somebody asks for it, and how old it is."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from data.domain.drilldown import CameraNear
from data.domain.views import DeviceRow
from layouts.components import age, aria, data, empty, href, mark, row, section
from layouts.shown import Shown, number


def cameras_section(cameras: Sequence[CameraNear], shown: Shown) -> Component:
    """Return the cameras of a building and around it, the picture of one of them on demand."""
    _ = shown.translate
    if not cameras:
        nothing = _("此建筑内和 150 米内没有摄像机。接入后这里显示实时画面。")
        return section(_("视频"), empty(nothing))
    return section(
        _("视频"),
        *(_camera(camera, shown) for camera in cameras),
        count=len(cameras),
    )


def camera_section(camera: DeviceRow, shown: Shown) -> Component:
    """Return the picture of one camera."""
    _ = shown.translate
    return section(_("实时画面"), _player(camera, shown))


def _camera(camera: CameraNear, shown: Shown) -> Component:
    """Return one camera: where it is, how old its last message is, and its picture on demand."""
    _ = shown.translate
    device = camera.device
    where = _("建筑内") if camera.inside else _("{n} 米").format(n=number(camera.distance_m))
    line = row(
        device.name if camera.inside else f"{camera.place} {device.name}".strip(),
        sub=" · ".join(part for part in (device.location, where) if part),
        before=mark(None if device.now is None else device.now.status, slot=device.slot),
        side=[age(shown, device.now.measured_at if device.now else None, device_id=device.id)],
        link=href("device", device.id),
    )
    return html.Div([html.Ul(line, className="rows"), _player(device, shown)])


def _player(camera: DeviceRow, shown: Shown) -> Component:
    """Return the button that ``assets/js/lib/camera_view.mjs`` answers with a picture."""
    _ = shown.translate
    button = html.Button(
        _("查看画面"), type="button", className="button button-small", **data(action="camera-open")
    )
    return html.Div(
        button,
        className="camera",
        **data(camera=camera.id, name=camera.name),
        **aria(label=camera.name),
    )
