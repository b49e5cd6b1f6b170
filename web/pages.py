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
"""Only scripts and styles of ours may load; no referrer is sent, because addresses hold the token."""
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
    """The template in the translator's language. Raises UndefinedError: it uses a value that isn't given."""
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
    """Redirect to another page of ours after a form was handled."""
    return web.Response(status=303, headers={**HEADERS, "Location": url})


def static_path(name: str) -> str:
    """The address of a script or style; it changes with the content, so browsers can cache it for a year."""
    return f"/static/{name}?{_FINGERPRINTS[name]}"


@routes.get(r"/static/{name:[\w-]+\.(?:css|js|svg)}")
async def get_static(request: web.Request) -> web.StreamResponse:
    """A static file; 404 for a name that isn't in `_FINGERPRINTS`."""
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
"""The static files that are served, with a hash of their content."""
