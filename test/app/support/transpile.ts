import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript";

/**
 * Writes src/ and examples/ as JavaScript under a folder, so that a child process of plain Node can run them. Types are
 * only taken out (every file is an isolated module of erasable syntax), which takes a second; whether they hold is the
 * type check's business.
 */
export function transpileProject(folder: string): void {
  for (const root of ["src", "examples"]) {
    for (const name of readdirSync(root, { recursive: true, encoding: "utf8" })) {
      if (!name.endsWith(".ts")) continue;
      const { outputText } = ts.transpileModule(readFileSync(join(root, name), "utf8"), {
        compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2023, verbatimModuleSyntax: true },
      });
      const path = join(folder, root, name.replace(/\.ts$/, ".js"));
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, outputText);
    }
  }
}
