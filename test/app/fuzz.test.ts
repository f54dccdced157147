import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseArguments, UsageError } from "../../src/app/cli/parse-arguments.js";
import { type Environment, type GatewayConfig, parseConfig } from "../../src/app/config/index.js";
import { FaultsError } from "../../src/core/index.js";

const seeded = { seed: 20_260_820, numRuns: 600 };
const sample = readFileSync("gateway.config.yaml", "utf8");

/** A configuration or its faults; anything else that is thrown fails the test. */
function outcome(text: string, environment: Environment = {}): GatewayConfig | FaultsError {
  try {
    return parseConfig(text, "f.yaml", environment);
  } catch (error) {
    if (error instanceof FaultsError) return error;
    throw error;
  }
}

/** Pieces that mean something to YAML, to references or to the schema. */
const piece = fc.oneof(
  fc.constantFrom(
    "{",
    "}",
    "[",
    "]",
    ":",
    ": ",
    "\n",
    "\n  ",
    "- ",
    "#",
    "'",
    '"',
    "|",
    ">",
    "&a ",
    "*a",
    "!!str ",
    "\t",
  ),
  fc.constantFrom("${A}", "${A:-x}", "$${", "${", "$", "---\n", "\uE000", "\uFEFF", "\0", "__proto__", "constructor"),
  fc.constantFrom("server", "port", "upstreams", "target", "5s", "4MiB", "true", "null", "1e400", "0x1F", "<<"),
  fc.string({ unit: "binary", maxLength: 4 }),
);
const noise = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(""));

describe("the reader of configurations, given anything,", () => {
  const holds = (text: string, environment: Environment) => {
    const result = outcome(text, environment);
    if (!(result instanceof FaultsError)) {
      expect([Object.isFrozen(result), typeof result.server.port]).toEqual([true, "number"]);
      return;
    }
    const lines = text.split(/\r\n|\n|\r/);
    expect(result.faults.length).toBeGreaterThan(0);
    for (const { file, line, column, message } of result.faults) {
      expect(file).toBe("f.yaml");
      expect(message).toMatch(/^[^\n]+$/);
      if (line === null || column === null) throw new Error(`a fault without its place: ${message}`);
      expect(line).toBeGreaterThanOrEqual(1);
      // One line more than there are: the end of a text that ends in a line break.
      expect(line).toBeLessThanOrEqual(lines.length + 1);
      expect(column).toBeGreaterThanOrEqual(1);
    }
  };

  test("gives a configuration or faults, each a sentence with its place", () => {
    fc.assert(
      fc.property(noise, fc.string(), (text, A) => holds(text, { A })),
      seeded,
    );
  });

  test("does so for a sound file with a piece put in or taken out", () => {
    const change = fc.tuple(fc.nat(sample.length), fc.nat(20), piece);
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), fc.string(), (changes, A) => {
        let text = sample;
        for (const [at, drop, add] of changes) text = text.slice(0, at) + add + text.slice(at + drop);
        holds(text, { A });
      }),
      { ...seeded, numRuns: 200 },
    );
  });

  test("never adds to Object.prototype", () => {
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});

describe("a variable's value", () => {
  test("arrives as it is in quotes, whatever it holds", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", minLength: 1 }), (value) => {
        const result = outcome('server: { host: "${A}" }', { A: value });
        expect(result instanceof FaultsError ? result.message : result.server.host).toBe(value);
      }),
      seeded,
    );
  });

  test("is one scalar where it stands plain: no key, list or further section comes of it", () => {
    fc.assert(
      fc.property(noise, (value) => {
        const result = outcome("server: { host: ${A}, port: 1 }\nlog: { level: warn }\n", { A: value });
        if (result instanceof FaultsError) {
          expect(result.faults.map(({ subject }) => subject)).toEqual(["server.host"]);
        } else {
          expect({ ...result.server, host: "" }).toEqual({ ...outcomeOfDefaults.server, host: "", port: 1 });
        }
      }),
      seeded,
    );
  });

  const outcomeOfDefaults = parseConfig("", "f.yaml", {});
});

describe("the command line, given anything,", () => {
  const options = {
    config: { kind: "value", short: "c", description: "" },
    header: { kind: "values", short: "H", description: "" },
    json: { kind: "flag", description: "" },
  } as const;
  const word = fc.oneof(
    fc.constantFrom(
      "--config",
      "-c",
      "--json",
      "-H",
      "--header=a",
      "--",
      "-",
      "--__proto__",
      "--toString=1",
      "--no-json",
      "-cx",
      "-jH",
    ),
    fc.string({ maxLength: 6 }),
  );

  test("is read, or refused in a sentence", () => {
    fc.assert(
      fc.property(fc.array(word, { maxLength: 6 }), (args) => {
        try {
          const given = parseArguments(args, options, ["A", "B"]);
          expect(given.operands).toHaveLength(2);
        } catch (error) {
          if (!(error instanceof UsageError)) throw error;
          expect(error.message).toMatch(/^[^\n]+$/);
        }
      }),
      seeded,
    );
  });
});
