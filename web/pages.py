"""Rendering of a page: template, translator, and headers that let nothing else run."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from cards.customer.language import Translator
from web.language import language_links, set_language_cookie

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}
"""Scripts and styles come from files of ours alone; the address, which holds the token, goes to nobody."""
routes = web.RouteTableDef()
_FOLDER = Path(__file__).parent
_STATIC = _FOLDER / "static"
_KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_ENVIRONMENT = Environment(
    loader=FileSystemLoader(_FOLDER / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def render_page(
    request: web.Request, template: str, translator: Translator, *, status: int = 200, **values: object
) -> web.Response:
    """The template, said in `translator`. A template that asks for a value which isn't given is a bug."""
    text = _ENVIRONMENT.get_template(template).render(
        _=translator.translate,
        ngettext=translator.translate_plural,
        money=translator.money,
        day=translator.day,
        moment=translator.moment,
        listed=translator.listed,
        translator=translator,
        languages=language_links(request, translator),
        static=static_path,
        **values,
    )
    response = web.Response(text=text, status=status, content_type="text/html", headers=HEADERS)
    response.headers["Content-Language"] = translator.tag
    set_language_cookie(request, response)
    return response


def redirect_to(url: str) -> web.Response:
    """On to another page of ours, after something was done."""
    return web.Response(status=303, headers={**HEADERS, "Location": url})


def static_path(name: str) -> str:
    """The address of a script or style; it changes with the file, so that no browser keeps an old one."""
    return f"/static/{name}?{_FINGERPRINTS[name]}"


@routes.get(r"/static/{name:[\w-]+\.(?:css|js|svg)}")
async def get_static(request: web.Request) -> web.StreamResponse:
    """A file of ours; what isn't listed isn't there."""
    name = request.match_info["name"]
    if name not in _FINGERPRINTS:
        raise web.HTTPNotFound
    headers = {
        "Content-Type": f"{_KINDS[Path(name).suffix]}; charset=utf-8",
        "Cache-Control": "public, max-age=31536000, immutable",
        "X-Content-Type-Options": "nosniff",
    }
    return web.FileResponse(_STATIC / name, headers=headers)


_FINGERPRINTS = {
    file.name: sha256(file.read_bytes()).hexdigest()[:10]
    for file in sorted(_STATIC.iterdir())
    if file.suffix in _KINDS
}
"""Every file that pages may ask for, with a print of its content."""
