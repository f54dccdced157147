/**
 * Loads every file of the package google-proto-files from its text and from a descriptor set that buf made of it, compares
 * everything that the two Schemas tell, and prints the number of files and of differences. Ends with 1 if there are any, or
 * if a file is refused other than those that are known to be wrong.
 */
import { loadProtoFiles } from "../src/schema/index.js";
import { glob } from "../src/schema/source/glob.js";
import { googleRoot } from "../test/schema/support/build-set.js";
import { compareSources, known } from "../test/schema/support/compare-sources.js";
import { faultsOf } from "../test/schema/support/load-text.js";

const RUBY = "google/protobuf/compiler/ruby";

/** Files that no compiler takes, with what is wrong with them. */
const REFUSED: ReadonlyMap<string, string> = new Map([
  ["google/protobuf/util/json_format_proto3.proto", "imports google/protobuf/unittest.proto, which the package lacks"],
]);

/**
 * Compared each by itself: test inputs of a code generator, written for a root of their own, which declare the same names;
 * and a message set, whose option buf 1.74 drops where the build has a descriptor.proto of its own that options need.
 */
const ALONE: readonly { readonly root: string; readonly name: string }[] = [
  ...glob("*.proto", `${googleRoot}/${RUBY}`).map((file) => ({
    root: RUBY,
    name: file.slice(file.lastIndexOf("/") + 1),
  })),
  { root: ".", name: "google/protobuf/bridge/message_set.proto" },
];
const alone = new Set(ALONE.map(({ root, name }) => (root === "." ? name : `${root}/${name}`)));

const all = glob("{google,grafeas,gapic}/**/*.proto", googleRoot).map((file) => file.slice(googleRoot.length + 1));
const together = all.filter((file) => !REFUSED.has(file) && !alone.has(file));
const compared = known(together);
const comparisons = [
  compareSources({ kind: "google", files: compared }, "descriptor set"),
  ...ALONE.map(({ root, name }) => {
    return compareSources({ kind: "google", files: [name], root: `${googleRoot}/${root}` }, "descriptor set");
  }),
];
const differences = comparisons.flatMap((comparison) => comparison.differences);
for (const difference of differences) console.log(difference);
for (const [file, reason] of REFUSED) {
  const faults = faultsOf(() => loadProtoFiles({ roots: [googleRoot], files: [file], cwd: googleRoot }));
  console.log(`refused: ${file} ${reason}: ${faults.join("; ")}`);
}
for (const file of together) {
  if (!compared.includes(file))
    console.log(`not compared: ${file}, whose edition 2026 this version of buf does not know`);
}
console.log(`${compared.length + ALONE.length} of ${all.length} files, ${differences.length} differences`);
process.exitCode = differences.length === 0 ? 0 : 1;
