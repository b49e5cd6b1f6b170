"""Previews: a small JPEG of a picture, or of a PDF's first page."""

from __future__ import annotations

from pathlib import Path

import pypdfium2  # type: ignore[import-untyped]
from PIL import Image, ImageFile, ImageOps
from pypdfium2.raw import FPDF_ERR_FORMAT, FPDF_ERR_PASSWORD  # type: ignore[import-untyped]

from store.evidence.inspect.file_types import PDF, FileType
from store.evidence.limits import PREVIEW_EDGE
from store.evidence.refusals import Fault, FileRejected

_BOX = (PREVIEW_EDGE, PREVIEW_EDGE)
_QUALITY = 80
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
_PDF_FAULTS = {FPDF_ERR_PASSWORD: Fault.LOCKED, FPDF_ERR_FORMAT: Fault.DAMAGED}


def make_preview(kind: FileType, source: Path, target: Path) -> bool:
    """Write the preview of `source`, which is clean; False for a type without previews.

    Raises:
        FileRejected: it can't be opened: it is locked or damaged.
    """
    if kind is PDF:
        picture = _first_page(source)
    elif kind.is_picture:
        picture = _small(source)
    else:
        return False
    picture.save(target, "JPEG", quality=_QUALITY, icc_profile=picture.info.get("icc_profile"))
    return True


def _small(source: Path) -> Image.Image:
    """The picture, small, upright and on white; decoded at a smaller size if its format allows."""
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    Image.MAX_IMAGE_PIXELS = None  # the cleaners have counted them
    try:
        opened = Image.open(source, formats=_FORMATS)
    except (OSError, ValueError, SyntaxError) as error:
        raise FileRejected(Fault.DAMAGED) from error
    with opened:
        opened.draft("RGB", _BOX)
        profile = opened.info.get("icc_profile") if opened.mode == "RGB" else None
        picture = opened.convert("RGBA") if opened.mode in ("P", "LA", "PA") else opened
        picture.thumbnail(_BOX)
        turned = ImageOps.exif_transpose(picture)
        plain = _on_white(turned)
    plain.info = {"icc_profile": profile} if profile else {}
    return plain


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode != "RGBA":
        return picture.convert("RGB")
    page = Image.new("RGB", picture.size, "white")
    page.paste(picture, mask=picture)
    return page


def _first_page(source: Path) -> Image.Image:
    try:
        with pypdfium2.PdfDocument(source) as document:
            page = document[0]
            scale = PREVIEW_EDGE / max(*page.get_size(), 1)
            picture: Image.Image = page.render(scale=scale).to_pil().convert("RGB")
    except pypdfium2.PdfiumError as error:
        raise FileRejected(_PDF_FAULTS.get(error.err_code, Fault.DAMAGED)) from error
    except IndexError as error:
        raise FileRejected(Fault.DAMAGED) from error
    picture.thumbnail(_BOX)
    return picture
