"""Typefaces by the kind of plate they fit, found in the `fontpkg-*` packages of PyPI (all OFL-1.1)."""

import importlib.util
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PIL import ImageFont

from plate_seg.errors import UserError


@dataclass(frozen=True)
class Font:
    """One face: a font file and, where it is variable, the weight (100 to 900) it is set in."""

    package: str
    file: str
    weight: int | None = None


def _variable(package: str, file: str, *weights: int) -> tuple[Font, ...]:
    return tuple(Font(package, file, weight) for weight in weights)


def _static(package: str, stem: str, *names: str) -> tuple[Font, ...]:
    return tuple(Font(package, f"{stem}-{name}.ttf") for name in names)


# narrow, even strokes: Vietnam, Spain, Germany, Brazil
NARROW = (
    *_static("barlow_condensed", "BarlowCondensed", "Medium", "SemiBold", "Bold"),
    *_static("saira_condensed", "SairaCondensed", "Medium", "SemiBold", "Bold"),
    *_static("rajdhani", "Rajdhani", "SemiBold", "Bold"),
    *_static("share_tech", "ShareTech", "Regular"),
    *_static("pt_sans_narrow", "PT_Sans-Narrow-Web", "Regular", "Bold"),
    *_variable("roboto_condensed", "RobotoCondensed[wght].ttf", 400, 500, 600, 700),
    *_variable("oswald", "Oswald[wght].ttf", 400, 500),
    *_variable("teko", "Teko[wght].ttf", 500, 600),
    *_variable("archivo_narrow", "ArchivoNarrow[wght].ttf", 500, 600, 700),
    *_variable("alumni_sans", "AlumniSans[wght].ttf", 500, 600, 700),
)
# broad and heavy: United Kingdom, Mercosur, many states of the USA
HEAVY = (
    *_static("anton", "Anton", "Regular"),
    *_static("fjalla_one", "FjallaOne", "Regular"),
    *_static("viga", "Viga", "Regular"),
    *_static("russo_one", "RussoOne", "Regular"),
    *_static("changa_one", "ChangaOne", "Regular"),
    *_static("chakra_petch", "ChakraPetch", "SemiBold", "Bold"),
    *_static("ibm_plex_sans_condensed", "IBMPlexSansCondensed", "SemiBold", "Bold"),
    *_static("titillium_web", "TitilliumWeb", "SemiBold", "Bold"),
    *_variable("overpass", "Overpass[wght].ttf", 600, 700, 800),
    *_variable("sofia_sans", "SofiaSans[wght].ttf", 600, 700, 800),
    *_variable("oswald", "Oswald[wght].ttf", 600, 700),
)
# office type, as on hand-made plates of India and on painted ones
PLAIN = (
    *_variable("arimo", "Arimo[wght].ttf", 400, 500, 600, 700),
    *_variable("roboto_mono", "RobotoMono[wght].ttf", 500, 700),
    *_variable("overpass", "Overpass[wght].ttf", 400, 500),
    *_static("titillium_web", "TitilliumWeb", "Regular"),
    *_static("ibm_plex_sans_condensed", "IBMPlexSansCondensed", "Medium"),
    *_static("chakra_petch", "ChakraPetch", "Medium"),
    *_variable("overpass", "Overpass[wght].ttf", 300),
    *_variable("roboto_condensed", "RobotoCondensed[wght].ttf", 300),
    *_static("titillium_web", "TitilliumWeb", "Light"),
    *_static("ibm_plex_sans_condensed", "IBMPlexSansCondensed", "Light"),
    *_static("rajdhani", "Rajdhani", "Medium"),
)
# painted plates, and what Pakistan's cars wore for long
SERIF = _static("amiri", "Amiri", "Regular", "Bold", "BoldItalic")
ARABIC = (
    *_static("amiri", "Amiri", "Bold"),
    *_variable("cairo", "Cairo[slnt,wght].ttf", 500, 700, 900),
    *_variable("noto_kufi_arabic", "NotoKufiArabic[wght].ttf", 500, 700, 900),
)
STYLES = {
    "narrow": NARROW,
    "heavy": HEAVY,
    "plain": PLAIN,
    "any": NARROW + HEAVY + PLAIN + SERIF,
    "serif": SERIF,
    "arabic": ARABIC,
}


@lru_cache(maxsize=512)
def load(font: Font, size_px: int) -> ImageFont.FreeTypeFont:
    """Opens a face at a size in pixels a quad.

    Raises:
        UserError: the font's package is not installed.
    """
    face = ImageFont.truetype(str(_folder(font.package) / font.file), size_px)
    if font.weight is not None:
        face.set_variation_by_axes(
            [font.weight if axis["name"] in _WEIGHT else axis["default"] for axis in _axes(face)]
        )
    return face


_WEIGHT = (b"Weight", "Weight")


def _axes(face: ImageFont.FreeTypeFont) -> list[dict]:
    return face.get_variation_axes()


@lru_cache(maxsize=64)
def _folder(package: str) -> Path:
    spec = importlib.util.find_spec(f"fontpkg_{package}")
    if spec is None or spec.origin is None:
        raise UserError("fonts", f"fontpkg-{package.replace('_', '-')} is missing", "pip install -e . installs it")
    return Path(spec.origin).parent / "files"
