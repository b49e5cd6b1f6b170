#!/usr/bin/env bash
# Sees to it that the browser tests have a Chromium. Where none can be had it says so and still succeeds: the
# browser tests then skip with the same reason (in CI they fail).
set -euo pipefail
cd "$(dirname "$0")/.."

found() { .venv/bin/python -m tests.chromium >/dev/null 2>&1; }

as_root() {
    if [ "$(id -u)" = 0 ]; then
        env "$@"
    else
        sudo -n env "$@"
    fi
}

may_install() {
    command -v apt-get >/dev/null && { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }
}

install() { as_root DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"; }

# The headless shell costs half the work of a whole Chromium, which stands in where there is none.
# Fonts beside it, so that pictures of cards look the same on a bare machine.
from_packages() {
    as_root DEBIAN_FRONTEND=noninteractive apt-get update -qq &&
        { install chromium-headless-shell || install chromium; } &&
        install fonts-dejavu-core fonts-noto-color-emoji
}

found && exit 0

if [ -n "${OMBUD_CHROMIUM:-}" ]; then
    echo "OMBUD_CHROMIUM names $OMBUD_CHROMIUM, which is not there; the browser tests will not run." >&2
    exit 0
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT

if may_install; then
    echo "Installing Chromium from the system's packages for the browser tests"
    from_packages >"$log" 2>&1 </dev/null && found && exit 0
    tail -n 5 "$log" >&2
fi

echo "Downloading playwright's Chromium for the browser tests"
.venv/bin/python -m playwright install chromium >"$log" 2>&1 </dev/null && found && exit 0
tail -n 5 "$log" >&2

echo "No Chromium could be installed, so the browser tests will not run. Install one (on Debian:" >&2
echo "apt install chromium), or name one with OMBUD_CHROMIUM=/path/to/chromium." >&2
