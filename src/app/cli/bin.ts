#!/usr/bin/env node
import { setFlagsFromString } from "node:v8";
import { createProgram } from "../create-program.js";
import { sharedOutput, standardOutput } from "../log/index.js";
import type { CommandIo } from "./command.js";
import { heapFlags } from "./heap-flags.js";
import { run } from "./main.js";

for (const flag of heapFlags) setFlagsFromString(flag);

const io: CommandIo = {
  stdout: (text) => process.stdout.write(text),
  stderr: (text) => process.stderr.write(text),
  environment: process.env,
  process,
  logDestination: (shared) => (shared ? sharedOutput() : standardOutput()),
};

try {
  const code = await run(process.argv.slice(2), io, createProgram());
  // A pipe takes what is written when its reader does; process.exit would cut off all but its first 64 KiB.
  await new Promise((written) => process.stdout.write("", written));
  // Whatever a library still holds open, the command is over.
  process.exit(code);
} catch (error) {
  io.stderr(`portico: a fault of the program: ${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
}
