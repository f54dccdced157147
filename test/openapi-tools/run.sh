#!/usr/bin/env bash
# Holds the OpenAPI document against two tools that have a package of their own here: Spectral lints it, and a client made by
# openapi-typescript and openapi-fetch is type-checked and calls a live gateway.
#
# Exit codes: 0 passed, 1 a test failed, 2 the tools cannot be installed.
set -euo pipefail
cd "$(dirname "$0")/../.."

tools=test/openapi-tools
if [ ! -e "$tools/node_modules/.package-lock.json" ] || [ "$tools/package-lock.json" -nt "$tools/node_modules/.package-lock.json" ]; then
  if ! npm ci --prefix "$tools" --ignore-scripts --no-audit --no-fund --silent; then
    echo "test:openapi-tools: the tools cannot be installed (npm ci in $tools)" >&2
    exit 2
  fi
fi
exec node_modules/.bin/vitest run --config "$tools/vitest.config.ts"
