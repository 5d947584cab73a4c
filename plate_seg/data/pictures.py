"""Picture files to uint8 RGB arrays, upright as they note it, and back; HEIC to arrays alone."""

import contextlib
import io
import stat
from pathlib import Path

import cv2
import numpy as np
import pi_heif
from PIL import Image

from plate_seg.errors import UserError
from plate_seg.outputs import write_beside

WRITTEN = (".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff")
SUFFIXES = (*WRITTEN, ".heic", ".heif")
FORMATS = ("JPEG", "PNG", "BMP", "WEBP", "TIFF", "HEIF")  # JPEG includes the MPO files of phones
MOST_PIXELS = 180_000_000  # half a gigabyte in memory, several times that while it is turned, searched and drawn
ORIENTATION = 0x0112  # the EXIF tag
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
JPEG_QUALITY = 95  # of overlays: artifacts of our own should stay below the camera's

pi_heif.register_heif_opener()  # turns pictures upright itself
if Image.MAX_IMAGE_PIXELS is not None:  # beyond it Pillow warns of an attack, which for most is ours to refuse
    Image.MAX_IMAGE_PIXELS = max(Image.MAX_IMAGE_PIXELS, 2 * MOST_PIXELS)


def is_picture(path: Path) -> bool:
    """True for a name that ends like a picture's."""
    return Path(path).suffix.lower() in SUFFIXES


def is_writable(path: Path) -> bool:
    """True for a name that ends like a picture's that `write_picture` can write."""
    return Path(path).suffix.lower() in WRITTEN


def read_picture(path: Path) -> np.ndarray:
    """Reads a picture as uint8 RGB [height, width, 3]; transparent parts become white, 16 bits become 8.

    Raises:
        UserError: the file is missing, empty, cut short or no picture.
    """
    with _opened(path) as image:
        orientation = _orientation(image)
        image.load()
        upright = image.transpose(TURNS[orientation]) if orientation in TURNS else image
        return np.array(_to_rgb(upright))


def picture_size(path: Path) -> tuple[int, int]:
    """Returns (height, width) in pixels after EXIF rotation, from the header alone.

    Raises:
        UserError: the file is missing, empty or no picture.
    """
    with _opened(path) as image:
        width, height = image.size
        return (width, height) if _orientation(image) >= 5 else (height, width)


def write_picture(path: Path, image: np.ndarray, jpeg_quality: int = JPEG_QUALITY) -> None:
    """Writes uint8 RGB [height, width, 3] in the format of the name's ending, beside and then renamed.

    Args:
        jpeg_quality: 0..100, of a JPEG.

    Raises:
        UserError: the ending is none of `WRITTEN` or the folder cannot be written.
    """
    path = Path(path)
    if not is_writable(path):
        raise UserError(path, "no ending of a picture that can be written", f"use one of {' '.join(WRITTEN)}")
    options = [cv2.IMWRITE_JPEG_QUALITY, jpeg_quality] if path.suffix.lower() in (".jpg", ".jpeg") else []
    _, encoded = cv2.imencode(path.suffix.lower(), np.ascontiguousarray(image[..., ::-1]), options)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(path, error.strerror, "choose a folder that can be written") from error
    write_beside(path, encoded.tobytes())


@contextlib.contextmanager
def _opened(path: Path):
    """Opens a picture and turns whatever goes wrong inside into a UserError."""
    path = Path(path)
    try:
        with Image.open(_seekable(path), formats=FORMATS) as image:
            if image.width * image.height > MOST_PIXELS:
                size = f"{image.width} x {image.height}, larger than {MOST_PIXELS} pixels"
                raise UserError(path, size, "make it smaller, or cut it into parts")
            if image.format == "TIFF":
                image.load()  # Pillow turns TIFFs upright itself, here and not later
            yield image
    except UserError:
        raise
    except FileNotFoundError as error:
        raise UserError(path, "no such file", "check the path") from error
    except (IsADirectoryError, PermissionError) as error:
        raise UserError(path, error.strerror, "give a picture file that can be read") from error
    except Image.DecompressionBombError as error:
        raise UserError(path, "larger than Pillow's limit", "make it smaller, or cut it into parts") from error
    except Image.UnidentifiedImageError as error:
        raise UserError(path, "not a picture", "give a JPEG, PNG, BMP, WebP, TIFF or HEIC file") from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        if isinstance(error, OSError) and error.filename:  # the system could not open it: it was not looked at
            raise UserError(path, error.strerror, "check the path") from error
        raise UserError(path, f"damaged picture ({error})", "replace or remove it") from error


def _seekable(path: Path) -> Path | io.BytesIO:
    """Returns the file, or what comes out of a pipe, in which Pillow could not go back."""
    status = path.stat()
    if stat.S_ISREG(status.st_mode):
        content, size = path, status.st_size
    elif stat.S_ISFIFO(status.st_mode) or stat.S_ISSOCK(status.st_mode):
        piped = path.read_bytes()
        content, size = io.BytesIO(piped), len(piped)
    elif stat.S_ISDIR(status.st_mode):
        raise UserError(path, "is a folder", "give a picture file that can be read")
    else:
        raise UserError(path, "a device", "give a picture file or a pipe")
    if size == 0:
        raise UserError(path, "the file is empty", "replace or remove it")
    return content


def _orientation(image: Image.Image) -> int:
    if image.format == "PNG" and "exif" not in image.info:
        return 1  # getexif would decode the whole picture to look behind it
    try:
        return int(image.getexif().get(ORIENTATION, 1))
    except Exception:  # damaged EXIF must not cost the picture; Pillow raises half a dozen kinds
        return 1


def _to_rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):  # 16 bits a pixel, grey
        return Image.fromarray((np.asarray(image).astype(np.int64) >> 8).clip(0, 255).astype(np.uint8)).convert("RGB")
    if image.mode == "F":
        return Image.fromarray(np.asarray(image).clip(0, 255).astype(np.uint8)).convert("RGB")
    if image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info:
        colors = image.convert("RGBA")
        white = Image.new("RGBA", colors.size, "white")
        return Image.alpha_composite(white, colors).convert("RGB")
    return image.convert("RGB")
