#!/bin/sh
# Fetch what the pages use from elsewhere, at fixed versions: htmx, and the two fonts, cut to the
# letters that the interface uses. Wants npm, and pyftsubset of fonttools (the group "vendor" in
# pyproject.toml) on PATH. `make vendor` runs it; what it makes is in the repository.
set -eu

static=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

fetch() { # name and version of an npm package, folder to unpack into
    archive=$(npm pack --silent "$1")
    mkdir "$2"
    tar -xzf "$archive" -C "$2" --strip-components 1
}

trim() { # source, kept range of weights, letters, features, result
    fonttools varLib.instancer --quiet --no-recalc-timestamp "$1" "wght=$2" -o cut.ttf
    pyftsubset cut.ttf --unicodes="$3" --layout-features="$4" --no-hinting --flavor=woff2 \
        --output-file="$5"
}

fetch htmx.org@2.0.11 htmx
fetch @fontsource-variable/inter@5.3.0 inter
fetch @fontsource-variable/jetbrains-mono@5.3.0 mono

cp htmx/dist/htmx.min.js "$static/vendor/htmx.min.js"
cp htmx/LICENSE "$static/vendor/LICENSE-htmx.txt"
cp inter/LICENSE "$static/fonts/OFL-Inter.txt"
cp mono/LICENSE "$static/fonts/OFL-JetBrains-Mono.txt"

# Latin-1 and the marks of the interface. Without "calt", which would draw a typed 2x4 as 2×4.
marks=U+2013,U+2014,U+2018,U+2019,U+201C,U+201D,U+2022,U+2026,U+2044,U+20AC,U+2191,U+2193,U+2212
trim inter/files/inter-latin-wght-normal.woff2 400:700 "U+0020-007E,U+00A0-00FF,$marks" \
    kern,tnum,ccmp,mark "$static/fonts/inter.woff2"
# Without ligatures: code is shown as it is typed.
trim mono/files/jetbrains-mono-latin-wght-normal.woff2 400 \
    U+0020-007E,U+00A0,U+00B7,U+00D7,U+2026,U+2191,U+2193 kern,ccmp "$static/fonts/mono.woff2"

cd "$static/vendor"
sha256sum --check SHA256SUMS
