"""Makes the demo cameras' test picture: ``python -m bench.camera_loop FFMPEG FONT``.

A minute of 320 × 180 at 5 frames a second, whose counter shows the second of the minute: played in
time with the clock it is one. Fragmented MP4, one fragment for every two seconds, into
``data/demo/camera/``; run once, the result is committed.
"""

import subprocess
from pathlib import Path

import typer
from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT, RATE, SECONDS, FRAGMENT_S = 320, 180, 5, 60, 2
FOLDER = Path(__file__).parents[1] / "data" / "demo" / "camera"
GROUND, LINE, TEXT, HAND = (20, 23, 26), (50, 58, 66), (232, 234, 237), (138, 184, 230)


def frame(number: int, font: Path) -> Image.Image:
    """Draw one frame: title, second of the minute, a bar that fills and a block that moves."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), GROUND)
    draw = ImageDraw.Draw(picture)
    small, large = ImageFont.truetype(str(font), 16), ImageFont.truetype(str(font), 72)
    for x in range(0, WIDTH, 40):
        draw.line((x, 0, x, HEIGHT), fill=LINE)
    draw.rectangle((0, 0, WIDTH, 26), fill=GROUND)
    draw.text((10, 2), "演示画面 · TEST PICTURE", font=small, fill=TEXT)
    draw.text((WIDTH / 2, 92), f":{number // RATE:02d}", font=large, fill=TEXT, anchor="mm")
    share = number / (SECONDS * RATE)
    draw.rectangle((0, HEIGHT - 8, round(WIDTH * share), HEIGHT), fill=HAND)
    x = number * 8 % (WIDTH - 20)
    draw.rectangle((x, 146, x + 20, 166), fill=HAND)
    return picture


def main(ffmpeg: Path, font: Path) -> None:
    """Draw, encode, and split the head of the file from its fragments."""
    key = str(FRAGMENT_S * RATE)
    command = [str(ffmpeg), "-v", "error", "-f", "rawvideo", "-pix_fmt", "rgb24"]
    command += ["-s", f"{WIDTH}x{HEIGHT}", "-r", str(RATE), "-i", "-", "-an"]
    command += ["-c:v", "libx264", "-profile:v", "baseline", "-pix_fmt", "yuv420p", "-crf", "30"]
    command += ["-preset", "veryslow", "-tune", "animation", "-g", key, "-keyint_min", key]
    command += ["-sc_threshold", "0", "-movflags", "frag_keyframe+empty_moov+default_base_moof"]
    command += ["-map_metadata", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact"]
    frames = b"".join(frame(number, font).tobytes() for number in range(SECONDS * RATE))
    made = subprocess.run(
        [*command, "-f", "mp4", "-"], input=frames, capture_output=True, check=True
    )
    start = made.stdout.index(b"moof") - 4
    end = made.stdout.rindex(b"mfra") - 4
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / "init.mp4").write_bytes(made.stdout[:start])
    (FOLDER / "loop.m4s").write_bytes(made.stdout[start:end])


if __name__ == "__main__":
    typer.run(main)
