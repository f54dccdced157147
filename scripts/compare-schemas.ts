/**
 * Loads every file of the package google-proto-files from its text and from a descriptor set that buf made of it, compares
 * everything that the two Schemas tell, and prints the number of files and of differences. Ends with 1 if there are any, or
 * if a file is refused other than those that are known to be wrong.
 */
import { loadProtoFiles } from "../src/schema/index.js";
import { glob } from "../src/schema/source/glob.js";
import { googleRoot } from "../test/schema/support/build-set.js";
import { compareSources } from "../test/schema/support/compare-sources.js";
import { faultsOf } from "../test/schema/support/load-text.js";

const RUBY = "google/protobuf/compiler/ruby";

/** Files that no compiler takes, with what is wrong with them. */
const REFUSED: ReadonlyMap<string, string> = new Map([
  ["google/protobuf/util/json_format_proto3.proto", "imports google/protobuf/unittest.proto, which the package lacks"],
]);

/** Test inputs of a code generator, written for a root of their own, which declare the same names: each by itself. */
const ALONE: readonly string[] = glob("*.proto", `${googleRoot}/${RUBY}`).map((file) =>
  file.slice(googleRoot.length + 1),
);

const all = glob("{google,grafeas,gapic}/**/*.proto", googleRoot).map((file) => file.slice(googleRoot.length + 1));
const together = all.filter((file) => !REFUSED.has(file) && !ALONE.includes(file));
const comparisons = [
  compareSources({ kind: "google", files: together }, "descriptor set"),
  ...ALONE.map((file) => {
    const name = file.slice(RUBY.length + 1);
    return compareSources({ kind: "google", files: [name], root: `${googleRoot}/${RUBY}` }, "descriptor set");
  }),
];
const differences = comparisons.flatMap((comparison) => comparison.differences);
for (const difference of differences) console.log(difference);
for (const [file, reason] of REFUSED) {
  const faults = faultsOf(() => loadProtoFiles({ roots: [googleRoot], files: [file], cwd: googleRoot }));
  console.log(`refused: ${file} ${reason}: ${faults.join("; ")}`);
}
console.log(`${together.length + ALONE.length} of ${all.length} files, ${differences.length} differences`);
process.exitCode = differences.length === 0 ? 0 : 1;
