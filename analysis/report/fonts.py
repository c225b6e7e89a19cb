"""Type embedded in the page: only the letters that the page uses, as compact web fonts (OFL, Noto KR)."""

import base64
import functools
import io
from pathlib import Path
from typing import Any


def font_faces(text: str) -> str:
    """Return CSS @font-face rules that embed the letters of `text` in a sans and a serif type."""
    from pylopdf_fonts_ko import sans_path, serif_path

    letters = "".join(sorted(set(text)))
    return "\n".join(
        _face(name, _subset(path, letters)) for name, path in (("Sans", sans_path()), ("Serif", serif_path()))
    )


def _face(name: str, font: bytes) -> str:
    data = base64.b64encode(font).decode()
    source = f"url(data:font/woff2;base64,{data}) format('woff2')"
    return f"@font-face{{font-family:'Report {name}';src:{source};font-display:block}}"


@functools.lru_cache(maxsize=8)
def _subset(path: Path, letters: str) -> bytes:
    from fontTools import subset

    options: Any = subset.Options(
        flavor="woff2",
        hinting=False,
        layout_features=["kern", "liga"],
        notdef_outline=True,
        name_IDs=[0, 13, 14],
    )
    font = subset.load_font(path, options, lazy=True)
    chosen = subset.Subsetter(options)
    chosen.populate(text=letters)
    chosen.subset(font)
    target = io.BytesIO()
    subset.save_font(font, target, options)
    return target.getvalue()
