#!/bin/sh
# Installs libpng and zlib with their headers where they are missing: as root, through sudo, or by saying how.
set -u
swift=${1:-swift}

if ! command -v "$swift" >/dev/null 2>&1; then
    echo "NormLab needs Swift 6.3 or newer, and '$swift' is not on the PATH: install it from https://www.swift.org/install" >&2
    exit 69
fi

has_header() {
    # Only where a compiler looks: other programs bring headers of these names in folders of their own.
    for folder in /usr/include /usr/include/*-linux-gnu /usr/local/include /opt/homebrew/include; do
        [ -f "$folder/$1" ] && return 0
    done
    return 1
}

missing=""
has_header png.h || missing="$missing libpng-dev"
has_header zlib.h || missing="$missing zlib1g-dev"
[ -z "$missing" ] && exit 0

install="apt-get install --yes --no-install-recommends$missing"
if ! command -v apt-get >/dev/null 2>&1; then
    echo "NormLab needs the headers of libpng and zlib (Debian's names:$missing): install them with your package manager" >&2
    exit 69
elif [ "$(id -u)" = 0 ]; then
    run=""
elif command -v sudo >/dev/null 2>&1 && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
    run="sudo"
else
    echo "NormLab needs$missing: run  sudo apt-get update && sudo $install" >&2
    exit 69
fi

echo "Installing$missing …"
export DEBIAN_FRONTEND=noninteractive
if ! $run $install >/dev/null 2>&1; then
    $run apt-get update >/dev/null && $run $install >/dev/null || {
        echo "NormLab needs$missing, and apt-get could not install them: check the network, then run  $install" >&2
        exit 69
    }
fi
