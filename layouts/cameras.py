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
        html.Ul([_camera_row(camera, shown) for camera in cameras], className="rows"),
        *(_player(camera.device, shown) for camera in cameras),
        count=len(cameras),
    )


def camera_section(camera: DeviceRow, shown: Shown) -> Component:
    """Return the picture of one camera."""
    _ = shown.translate
    return section(_("实时画面"), _player(camera, shown))


def _camera_row(camera: CameraNear, shown: Shown) -> Component:
    _ = shown.translate
    device = camera.device
    where = _("建筑内") if camera.inside else _("{n} 米").format(n=number(camera.distance_m))
    return row(
        device.name,
        sub=" · ".join(part for part in (device.location, where) if part),
        before=mark(None if device.now is None else device.now.status, slot=device.slot),
        side=[age(shown, device.now.measured_at if device.now else None, device_id=device.id)],
        link=href("device", device.id),
    )


def _player(camera: DeviceRow, shown: Shown) -> Component:
    """Return the button that ``assets/js/lib/camera_view.mjs`` answers with a picture."""
    _ = shown.translate
    label = _("查看画面：{name}").format(name=camera.name)
    return html.Div(
        html.Button(label, type="button", className="button", **data(action="camera-open")),
        className="camera",
        **data(camera=camera.id, name=camera.name),
        **aria(label=camera.name),
    )
