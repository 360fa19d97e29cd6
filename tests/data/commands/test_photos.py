"""What is kept of an uploaded photo."""

import io

import pytest
from PIL import Image

from data.commands.photos import LONGEST, MAX_BYTES, SMALL, keep, make_picture
from data.domain.errors import PhotoError


def photo(kind: str = "JPEG", size: tuple[int, int] = (400, 300), **more: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (200, 40, 40)).save(out, kind, **more)
    return out.getvalue()


def with_exif() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    exif[0x010F] = "a maker"
    exif.get_ifd(0x8825)[1] = "N"  # where it was taken
    return photo(exif=exif, comment=b"secret")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_every_format_becomes_a_jpeg_with_a_small_one(kind):
    made = make_picture(photo(kind, (1000, 500)))
    with Image.open(io.BytesIO(made.whole)) as whole, Image.open(io.BytesIO(made.small)) as small:
        assert (whole.format, whole.size, small.size) == ("JPEG", (1000, 500), (SMALL, SMALL // 2))


def test_nothing_but_the_pixels_is_kept_and_they_stand_upright():
    made = make_picture(with_exif())
    assert (made.width, made.height) == (300, 400)
    with Image.open(io.BytesIO(made.whole)) as whole:
        assert dict(whole.getexif()) == {}
        assert "comment" not in whole.info
    assert b"secret" not in made.whole
    assert b"a maker" not in made.whole


def test_a_large_photo_is_made_smaller():
    assert make_picture(photo(size=(5000, 1000))).width == LONGEST


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"not a photo",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        photo("GIF"),
        photo()[:200],
        b"\xff" * (MAX_BYTES + 1),
    ],
    ids=["empty", "text", "svg", "gif", "cut off", "too large"],
)
def test_what_is_no_photo_is_refused(raw):
    with pytest.raises(PhotoError):
        make_picture(raw)


def test_more_pixels_than_memory_are_refused_before_they_are_read():
    with pytest.raises(PhotoError):
        make_picture(photo("PNG", (10_000, 6_001)))


def test_files_are_written_once(tmp_path):
    made = make_picture(photo())
    folder = tmp_path / "photos"
    assert len(keep(folder, made)) == 2
    assert keep(folder, made) == []
    assert {path.suffix for path in folder.iterdir()} == {".jpg"}
