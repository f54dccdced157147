#!/usr/bin/env bash
# Holds the upstream room against servers that nobody here wrote, with one suite for all: grpc-js, node:http2, and in other
# languages Go (grpc-go) and Python (grpcio, the C core).
#
#   bash test/interop/run.sh [go|python] ...       both, where none is named; those on Node always
#
# Exit codes: 0 passed with every server asked for, 1 a test failed, 2 a server is lacking, which it says (the tests run on
# the others all the same). PYTHON names the interpreter that has the package grpcio-reflection; else it is the one of the virtual
# environment .tmp/interop/venv if there is one, else python3.
set -euo pipefail
cd "$(dirname "$0")/../.."

wanted=("$@")
[ "${#wanted[@]}" -gt 0 ] || wanted=(go python)
build=$PWD/.tmp/interop
mkdir -p "$build"
servers=()
lacking=0

lack() {
  echo "test:interop: $1" >&2
  lacking=1
}

for name in "${wanted[@]}"; do
  case "$name" in
    go)
      if ! command -v go > /dev/null; then
        lack "there is no Go on this machine (https://go.dev/dl); grpc-go is not tested"
      elif ! (cd test/interop/servers/go && go build -o "$build/go-server" . 2> "$build/go.log"); then
        cat "$build/go.log" >&2
        lack "the Go server cannot be built; grpc-go is not tested"
      else
        servers+=(go)
      fi
      ;;
    python)
      python=python3
      [ ! -x "$build/venv/bin/python" ] || python=$build/venv/bin/python
      python=${PYTHON:-$python}
      if ! command -v "$python" > /dev/null; then
        lack "there is no $python on this machine; grpcio is not tested"
      elif ! "$python" -c 'import grpc, grpc_reflection' 2> /dev/null; then
        lack "$python has no packages grpcio and grpcio-reflection (python3 -m venv .tmp/interop/venv && .tmp/interop/venv/bin/pip install grpcio-reflection); grpcio is not tested"
      else
        servers+=(python)
        export PYTHON=$python
      fi
      ;;
    *)
      lack "there is no server called $name; there are go and python"
      ;;
  esac
done

INTEROP_SERVERS=$(IFS=,; echo "${servers[*]}")
export INTEROP_SERVERS
node node_modules/vitest/vitest.mjs run --config test/interop/vitest.config.ts || exit 1
exit "$((lacking * 2))"
