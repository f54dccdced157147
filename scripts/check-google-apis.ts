/**
 * Loads, binds and matches every annotated method of the package google-proto-files, one directory (a version of an API)
 * at a time, and prints the counts and all that went wrong. Ends with 1 if a rule is refused whose proto is not known to
 * be wrong (test/rules/support/google-faults.ts), if a wrong one is not refused, or if a binding does not serve the
 * request made of its own template.
 */
import { annotatedDirectories, examineApi } from "../test/rules/support/google-apis.js";
import { googleFaults } from "../test/rules/support/google-faults.js";

const reports = annotatedDirectories().map((directory) => examineApi(directory));
const refused = new Set(reports.flatMap((report) => report.refused));
const problems = [
  ...reports.flatMap((report) => report.faults),
  ...reports.flatMap((report) => report.mismatches),
  ...reports.flatMap((report) => report.shadowed),
  ...[...googleFaults.keys()].filter((method) => !refused.has(method)).map((method) => `${method} is not refused`),
];
for (const problem of problems) console.log(problem);

const files = reports.reduce((sum, report) => sum + report.files, 0);
const methods = reports.reduce((sum, report) => sum + report.methods, 0);
const bindings = reports.reduce((sum, report) => sum + report.bindings, 0);
console.log(
  `${reports.length} directories with ${files} files: ${methods} annotated methods, ${bindings} bindings matched, ` +
    `${refused.size} methods refused for a fault of their proto, ${problems.length} problems`,
);
process.exitCode = problems.length === 0 ? 0 : 1;
