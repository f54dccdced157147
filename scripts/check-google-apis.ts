/**
 * Loads, binds, matches, compiles and explains every annotated method of the package google-proto-files, one directory (a
 * version of an API) at a time, and prints the counts and all that went wrong. Ends with 1 if a rule is refused whose
 * proto is not known to be wrong (test/rules/support/google-faults.ts), if a wrong one is not refused, if a binding does
 * not serve the request made of its own template, or if its plan cannot make a message of a request and JSON of a reply.
 */
import { annotatedDirectories, examineApi } from "../test/rules/support/google-apis.js";
import { googleFaults } from "../test/rules/support/google-faults.js";
import { explainBindings } from "../test/transcode/support/explain-api.js";

const reports = annotatedDirectories().map((directory) => {
  // The schema of one API is let go of before the next one is loaded.
  const { schema, bound, ...report } = examineApi(directory);
  return { ...report, unexplained: explainBindings(schema, bound) };
});
const refused = new Set(reports.flatMap((report) => report.refused));
const problems = [
  ...reports.flatMap((report) => report.faults),
  ...reports.flatMap((report) => report.mismatches),
  ...reports.flatMap((report) => report.shadowed),
  ...reports.flatMap((report) => report.unexplained),
  ...[...googleFaults.keys()].filter((method) => !refused.has(method)).map((method) => `${method} is not refused`),
];
for (const problem of problems) console.log(problem);

const files = reports.reduce((sum, report) => sum + report.files, 0);
const methods = reports.reduce((sum, report) => sum + report.methods, 0);
const bindings = reports.reduce((sum, report) => sum + report.bindings, 0);
console.log(
  `${reports.length} directories with ${files} files: ${methods} annotated methods, ${bindings} bindings matched, compiled and explained, ` +
    `${refused.size} methods refused for a fault of their proto, ${problems.length} problems`,
);
process.exitCode = problems.length === 0 ? 0 : 1;
