"""Writer of THIRD-PARTY-NOTICES.md: what Ombud needs to run, and under which licences.

Libraries that wheels bring along are told too.
`make notices` after each change of the lock. It ends with an error for a distribution or a library whose
licence nobody has judged yet: read it, then add it to a table here. What is taken, and why, is said in
docs/decisions/0021-licences.md.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression
from packaging.requirements import Requirement

ROOT = Path(__file__).parent.parent
TARGET = ROOT / "THIRD-PARTY-NOTICES.md"

TAKEN = frozenset(
    "0BSD Apache-2.0 BSD-2-Clause BSD-3-Clause CNRI-Python HPND IJG ISC LGPL-2.1-or-later LGPL-3.0-only "
    "LGPL-3.0-or-later libpng-2.0 libtiff MIT MIT-0 MIT-CMU MPL-2.0 OLDAP-2.8 PSF-2.0 PostgreSQL FTL Zlib "
    "BSD-4-Clause-UC".split()
)
"""Licences that an Apache-2.0 product may be shipped with: none of them is the GPL or the AGPL."""

_PLAIN = {
    "apache 2.0": "Apache-2.0",
    "apache license 2.0": "Apache-2.0",
    "mit license": "MIT",
    "bsd 2-clause license": "BSD-2-Clause",
    "isc license": "ISC",
}
_CLASSIFIERS = {
    "MIT License": "MIT",
    "Apache Software License": "Apache-2.0",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "ISC License (ISCL)": "ISC",
}
_JUDGED = {
    "isodate": "BSD-3-Clause",
    "itsdangerous": "BSD-3-Clause",
    "jinja2": "BSD-3-Clause",
    "jsonpickle": "BSD-3-Clause",
    "pypdfium2": "(BSD-3-Clause OR Apache-2.0) AND BSD-3-Clause AND Apache-2.0 AND MIT",
    "python-dateutil": "Apache-2.0 OR BSD-3-Clause",
    "uvloop": "Apache-2.0 OR MIT",
}
"""By reading the licence: their metadata doesn't say it, or says less."""

LIBRARIES = {
    "XAU": "MIT",
    "avif": "BSD-2-Clause",
    "brotlicommon": "MIT",
    "brotlidec": "MIT",
    "com_err": "MIT",
    "crypt": "LGPL-2.1-or-later",
    "crypto": "Apache-2.0",
    "de265": "LGPL-3.0-or-later",
    "freetype": "FTL",
    "gssapi_krb5": "MIT",
    "harfbuzz": "MIT",
    "heif": "LGPL-3.0-or-later",
    "jpeg": "IJG AND BSD-3-Clause AND Zlib",
    "k5crypto": "MIT",
    "keyutils": "LGPL-2.1-or-later",
    "krb5": "MIT",
    "krb5support": "MIT",
    "lber": "OLDAP-2.8",
    "lcms2": "MIT",
    "ldap": "OLDAP-2.8",
    "lzma": "0BSD",
    "openjp2": "BSD-2-Clause",
    "png16": "libpng-2.0",
    "pq": "PostgreSQL",
    "qpdf": "Apache-2.0",
    "sasl2": "BSD-4-Clause-UC",
    "sharpyuv": "BSD-3-Clause",
    "ssl": "Apache-2.0",
    "tiff": "libtiff",
    "webp": "BSD-3-Clause",
    "webpdemux": "BSD-3-Clause",
    "webpmux": "BSD-3-Clause",
    "xcb": "MIT",
    "zstd": "BSD-3-Clause",
}
"""Shared libraries that wheels bring along, without `lib` and version. One that isn't here is not taken."""
_LIBRARY = re.compile(r"lib(?P<name>[A-Za-z0-9_]+?)(-[0-9a-f]{6,})?(\.\d+)*\.(so|dylib)\b")
_BUNDLES = re.compile(r"[^/]+\.libs/|[^/]+/\.dylibs/")


class Unjudged(Exception):
    """Nobody has said yet whether its licence is taken."""


def runtime_distributions() -> list[Distribution]:
    """What the project's dependencies bring here, by name; without what only tests or builds need."""
    found: dict[str, Distribution] = {}
    waiting = [(Requirement(line), "") for line in distribution("ombud").requires or []]
    seen: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        wanted, extra = waiting.pop()
        if wanted.marker is not None and not wanted.marker.evaluate({"extra": extra}):
            continue
        key = (_normal(wanted.name), frozenset(wanted.extras))
        if key in seen:
            continue
        seen.add(key)
        one = found.setdefault(key[0], distribution(wanted.name))
        requires = [Requirement(line) for line in one.requires or []]
        waiting += [(inner, extra) for inner in requires for extra in ("", *wanted.extras)]
    return [found[name] for name in sorted(found)]


def licence_of(one: Distribution) -> str:
    """As an SPDX expression. Raises Unjudged."""
    name = _normal(one.name)
    metadata = one.metadata
    plain = next((metadata[key] for key in ("License-Expression", "License") if key in metadata), "")
    classified = [
        _CLASSIFIERS.get(line.rpartition(" :: ")[2], "")
        for line in metadata.get_all("Classifier", [])
        if line.startswith("License :: OSI Approved ::")
    ]
    for said in (_JUDGED.get(name, ""), _PLAIN.get(plain.lower(), plain), *classified):
        try:
            return canonicalize_license_expression(said)
        except InvalidLicenseExpression:
            continue
    raise Unjudged(f"{one.name}: its metadata names no licence; read it and add it to _JUDGED")


def libraries_in(one: Distribution) -> list[str]:
    """Shared libraries that its wheel brings along."""
    return sorted(
        {
            match["name"]
            for file in one.files or []
            if _BUNDLES.match(str(file)) and (match := _LIBRARY.match(file.name))
        }
    )


def licence_of_library(name: str) -> str:
    """Raises Unjudged."""
    if name.casefold() not in {known.casefold() for known in LIBRARIES}:
        raise Unjudged(f"lib{name}: read its licence and add it to LIBRARIES")
    return next(value for known, value in LIBRARIES.items() if known.casefold() == name.casefold())


def licences_not_taken(expression: str) -> set[str]:
    """All names of the expression must be taken, of alternatives too."""
    return set(re.findall(r"[\w.+-]+", expression)) - {"AND", "OR", "WITH"} - TAKEN


def notices() -> str:
    """The whole file."""
    return "\n".join((*_HEAD, *_rows(), *_LIBRARY_HEAD, *_library_rows(), ""))


def _rows() -> Iterator[str]:
    for one in runtime_distributions():
        texts = ", ".join(sorted(one.metadata.get_all("License-File", []))) or "in its metadata"
        texts = texts if len(texts) < 100 else "the folder of licences in its metadata"
        yield f"| {_normal(one.name)} | {one.version} | {licence_of(one)} | {texts} |"


def _library_rows() -> Iterator[str]:
    for one in runtime_distributions():
        for name in libraries_in(one):
            yield f"| lib{name} | {_normal(one.name)} | {licence_of_library(name)} |"


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


_HEAD = (
    "# Third-party notices",
    "",
    "Ombud needs these to run. None is part of it: `pip` installs each, with its licence's text in a folder",
    "`*.dist-info`. `make notices` writes this file, for Linux on x86-64.",
    "",
    "| distribution | version | licence | its text |",
    "|---|---|---|---|",
)
_LIBRARY_HEAD = (
    "",
    "Some bring shared libraries along, which are loaded at run time and can be replaced:",
    "",
    "| library | comes with | licence |",
    "|---|---|---|",
)

if __name__ == "__main__":
    try:
        TARGET.write_text(notices(), encoding="utf-8")
    except Unjudged as error:
        sys.exit(str(error))
