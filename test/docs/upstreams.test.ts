import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { parseConfig } from "../../src/app/index.js";
import { catalogue } from "../../src/core/index.js";
import { projectRoot } from "../support/project-root.js";

const read = (name: string): string => readFileSync(join(projectRoot, "docs", name), "utf8");
const text = read("upstreams.md");
const reference = read("configuration.md");

describe("docs/upstreams.md", () => {
  it("has a configuration that is read, with every upstream that it names", () => {
    const [, yaml = ""] = /```yaml\n([\s\S]*?)```/.exec(text) ?? [];
    const { upstreams } = parseConfig(yaml, "gateway.config.yaml", {});
    expect(Object.keys(upstreams)).toEqual(Object.keys(parse(yaml).upstreams));
    expect(Object.keys(upstreams)).toEqual(["users", "orders"]);
    expect(upstreams["orders"]?.retry?.codes).toEqual([14, 10]);
  });

  it("names every key of an upstream", () => {
    const keys = [...reference.matchAll(/^\| `<name>\.([A-Za-z]+)`/gm)].map(([, key]) => key ?? "");
    expect(keys).toContain("balancing");
    expect(keys.filter((key) => !new RegExp(`\`${key}[\`:]`).test(text))).toEqual([]);
  });

  it("names errors that there are", () => {
    const ids = [...text.matchAll(/`(GW_[A-Z_]+)`/g)].map(([, id]) => id ?? "");
    expect(ids.length).toBeGreaterThan(3);
    expect(ids.filter((id) => !Object.hasOwn(catalogue, id))).toEqual([]);
  });
});
