import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";
import { heapFlags } from "../../src/app/cli/heap-flags.js";

it.each(heapFlags)("this Node's V8 knows %s", (flag) => {
  const script = `require("node:v8").setFlagsFromString(${JSON.stringify(flag)})`;
  const { status, stderr } = spawnSync(process.execPath, ["--eval", script], { encoding: "utf8" });
  expect([status, stderr]).toEqual([0, ""]);
});
