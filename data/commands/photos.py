"""Photos of incidents: made anew from their pixels, so that nothing else of the file is kept."""

import hashlib
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PIL import Image, ImageOps, UnidentifiedImageError
from sqlalchemy.orm import Session

from data.commands.base import Actor
from data.domain.errors import PhotoError
from data.store.models import IncidentPhoto

MAX_BYTES: Final = 8_000_000
#: More pixels than any phone's camera has are an attempt to fill the memory.
MAX_PIXELS: Final = 60_000_000
FORMATS: Final = ("JPEG", "PNG", "WEBP")
#: Longest side of what is kept, and of the small one in the panel.
LONGEST: Final = 2560
SMALL: Final = 360
QUALITY: Final = 85


@dataclass(frozen=True, slots=True)
class Picture:
    """A photo as it is kept: JPEG without any metadata, and its small one."""

    whole: bytes
    small: bytes
    width: int
    height: int

    @property
    def file(self) -> str:
        """Its name: the hash of what is in it."""
        return hashlib.sha256(self.whole).hexdigest()[:40]


def make_picture(raw: bytes) -> Picture:
    """Return an uploaded photo as it is kept.

    Raises
    ------
    PhotoError
        If it is too large, or no JPEG, PNG or WebP that can be read to its end.
    """
    if not 0 < len(raw) <= MAX_BYTES:
        raise PhotoError(f"a photo has 1 to {MAX_BYTES} bytes")
    try:
        with Image.open(io.BytesIO(raw), formats=FORMATS) as found:
            if found.width * found.height > MAX_PIXELS:
                raise PhotoError(f"a photo has at most {MAX_PIXELS} pixels")
            found.draft("RGB", (LONGEST, LONGEST))
            upright = ImageOps.exif_transpose(found).convert("RGB")
    except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise PhotoError("this is no JPEG, PNG or WebP that can be read") from error
    upright.thumbnail((LONGEST, LONGEST))
    small = upright.copy()
    small.thumbnail((SMALL, SMALL))
    return Picture(_jpeg(upright), _jpeg(small), upright.width, upright.height)


def keep(folder: Path, picture: Picture) -> list[Path]:
    """Write the files of a photo; return those that were not there before."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = []
    for suffix, content in (("", picture.whole), ("-small", picture.small)):
        path = folder / f"{picture.file}{suffix}.jpg"
        if not path.exists():
            part = path.with_suffix(".part")
            part.write_bytes(content)
            part.replace(path)
            made.append(path)
    return made


def add_photo(session: Session, row: IncidentPhoto, actor: Actor, picture: Picture) -> None:
    """Add the row of a photo whose files are there."""
    row.actor, row.file = actor.name, picture.file
    row.width, row.height = picture.width, picture.height
    session.add(row)
    session.flush()


def _jpeg(image: Image.Image) -> bytes:
    out = io.BytesIO()
    # A fresh image has no EXIF, no profile, no comment to write.
    Image.frombytes("RGB", image.size, image.tobytes()).save(out, "JPEG", quality=QUALITY)
    return out.getvalue()
