import type { Binding } from "./types.js";

/** The HTTP method and the pattern as written: `GET /v1/{name=shelves/*}`. */
export function printPattern(binding: Binding): string {
  return `${binding.httpMethod} ${binding.pattern}`;
}

/** A binding in one line: `GET /v1/{name=shelves/*} → pkg.Service/Method`. */
export function printBinding(binding: Binding): string {
  return `${printPattern(binding)} → ${binding.rpc.path.slice(1)}`;
}
