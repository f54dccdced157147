import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { catalogue, type ErrorId, httpStatusOf } from "../../src/core/index.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const ids = Object.keys(catalogue) as ErrorId[];

/** One row of docs/errors.md: `| id | HTTP | gRPC | meaning | remedy |`. */
const documented = new Map(
  [...readFileSync(join(root, "docs", "errors.md"), "utf8").matchAll(/^\| `(GW_[A-Z_]+)` \|(.*)\|$/gm)].map((match) => [
    match[1] ?? "",
    (match[2] ?? "").split("|").map((cell) => cell.trim()),
  ]),
);

/** Every id that the sources name, outside of the catalogue itself. */
const used = new Set(
  readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !file.endsWith("catalogue.ts"))
    .flatMap((file) => {
      const code = readFileSync(join(root, "src", file), "utf8").replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
      return [...code.matchAll(/"(GW_[A-Z_]+)"/g)].map((match) => match[1] ?? "");
    }),
);

describe("The catalogue of errors, its documentation and its use agree", () => {
  it("documents every id, in the order of the catalogue, and no other", () => {
    expect([...documented.keys()]).toEqual(ids);
  });

  it("uses every id in the sources, and no other", () => {
    expect([...used].sort()).toEqual([...ids].sort());
  });

  for (const id of ids) {
    const { http, code, meaning, remedy } = catalogue[id];
    it(`${id} is documented with its status, code, meaning and remedy`, () => {
      const [httpCell, codeCell, ...texts] = documented.get(id) ?? [];
      expect([httpCell, codeCell?.split(" ")[1], ...texts]).toEqual([String(http), `(${code})`, meaning, remedy]);
    });
    it(`${id} has an HTTP status of the same class as its gRPC code`, () => {
      const usual = httpStatusOf(code);
      // 405 and 431, say, are finer than what a gRPC code can tell; a client error must stay one, and so a server error.
      const clientErrors = ["GW_METHOD_NOT_ALLOWED", "GW_REQUEST_TIMEOUT"];
      if (!clientErrors.includes(id)) expect(Math.floor(http / 100)).toBe(Math.floor(usual / 100));
      else expect(Math.floor(http / 100)).toBe(4);
    });
  }
});
