import { quoteValue } from "../../core/index.js";
import type { FileContext } from "./drafts.js";
import type { Faults } from "./faults.js";

/**
 * Fills in what each file sees: itself, its imports, and whatever those import publicly, at any distance. A missing import
 * and a cycle of imports are faults.
 */
export function resolveImports(files: readonly FileContext[], faults: Faults): void {
  const byName = new Map(files.map((file) => [file.descriptor.name, file]));
  for (const file of files) {
    const { descriptor } = file;
    file.visible.add(descriptor.name);
    const seen = new Set<string>();
    for (const each of descriptor.imports) {
      if (seen.has(each.name)) {
        faults.add(descriptor.display, each.position, null, `the import ${quoteValue(each.name)} stands twice`);
      }
      seen.add(each.name);
      if (byName.has(each.name)) {
        addPublic(each.name, byName, each.kind === "option" ? file.visibleToOptions : file.visible);
      } else if (each.kind !== "weak") {
        const message = `the import ${quoteValue(each.name)} is not among the files`;
        faults.add(descriptor.display, each.position, null, message);
      }
    }
    for (const name of file.visible) file.visibleToOptions.add(name);
  }
  tellCycles(files, byName, faults);
}

function addPublic(name: string, byName: ReadonlyMap<string, FileContext>, into: Set<string>): void {
  if (into.has(name)) return;
  into.add(name);
  for (const each of byName.get(name)?.descriptor.imports ?? []) {
    if (each.kind === "public") addPublic(each.name, byName, into);
  }
}

function tellCycles(files: readonly FileContext[], byName: ReadonlyMap<string, FileContext>, faults: Faults): void {
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: FileContext): void => {
    const { name, display } = file.descriptor;
    if (done.has(name)) return;
    path.push(name);
    for (const each of file.descriptor.imports) {
      const from = path.indexOf(each.name);
      if (from >= 0) {
        const cycle = [...path.slice(from), each.name].join(" -> ");
        faults.add(display, each.position, null, `the imports run in a circle: ${cycle}`);
        continue;
      }
      const next = byName.get(each.name);
      if (next !== undefined) visit(next);
    }
    path.pop();
    done.add(name);
  };
  for (const file of files) visit(file);
}
