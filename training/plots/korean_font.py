"""Where the Korean font is; a page without plots needs no more of it than its file."""

from importlib.util import find_spec
from pathlib import Path

# The build packs the font beside this module; otherwise it is in the package that it comes from.
PACKED = "korean.otf"
_PACKAGE, _FILE = "pylopdf_fonts_ko", "NotoSansKR-Regular.otf"


def korean_font_file() -> Path | None:
    """The Korean font, wherever it is; None if a custom build left it out."""
    beside = Path(__file__).with_name(PACKED)
    package = find_spec(_PACKAGE)
    installed = Path(package.origin).with_name(_FILE) if package and package.origin else beside
    return next((path for path in (beside, installed) if path.exists()), None)
