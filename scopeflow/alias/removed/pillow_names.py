"""Pillow's names of before version 10."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .attach import Names


def _filter(name: str) -> Callable[[], Any]:
    def value() -> Any:
        from PIL import Image

        return getattr(Image.Resampling, name)

    return value


def _version() -> str:
    import PIL

    return PIL.__version__


NAMES: dict[str, Names] = {
    "PIL.Image": {
        "ANTIALIAS": _filter("LANCZOS"),
        "LINEAR": _filter("BILINEAR"),
        "CUBIC": _filter("BICUBIC"),
        "VERSION": _version,
        "PILLOW_VERSION": _version,
    },
    "PIL": {"PILLOW_VERSION": _version, "VERSION": _version},
}


def _patch_draw(module: Any) -> None:
    draw = module.ImageDraw
    if not hasattr(draw, "textsize"):

        def textsize(self: Any, text: Any, font: Any = None, **kwargs: Any) -> tuple[int, int]:
            right, bottom = self.textbbox((0, 0), text, font, **kwargs)[2:]
            return round(right), round(bottom)

        draw.textsize = textsize


def _patch_font(module: Any) -> None:
    def getsize(self: Any, text: Any, *args: Any, **kwargs: Any) -> tuple[int, int]:
        right, bottom = self.getbbox(text, *args, **kwargs)[2:]
        return round(right), round(bottom)

    for name in ("FreeTypeFont", "ImageFont", "TransposedFont"):
        kind = getattr(module, name, None)
        if kind is not None and not hasattr(kind, "getsize"):
            kind.getsize = getsize


PATCHES: dict[str, Callable[[Any], None]] = {
    "PIL.ImageDraw": _patch_draw,
    "PIL.ImageFont": _patch_font,
}
