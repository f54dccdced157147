import { existsSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

/** The folder of the package google-proto-files: google/api, google/rpc, google/protobuf and the like. */
export function bundledRoot(): string {
  return path.dirname(createRequire(import.meta.url).resolve("google-proto-files/package.json"));
}

/** Whether google-proto-files has a file of this name. */
export function isBundledName(name: string): boolean {
  return name.endsWith(".proto") && isImportName(name) && isFile(path.join(bundledRoot(), name));
}

/** Finds files by the names that imports use: in the roots in their order, then in the bundled files. */
export class ProtoRoots {
  readonly roots: readonly string[];
  private readonly bundled: string;
  private readonly cwd: string;

  constructor(roots: readonly string[], cwd: string) {
    this.cwd = cwd;
    this.roots = roots.map((root) => path.resolve(cwd, root));
    this.bundled = bundledRoot();
  }

  /** The path of an imported file, or null. */
  find(name: string): string | null {
    for (const root of [...this.roots, this.bundled]) {
      const candidate = path.join(root, name);
      if (isFile(candidate)) return candidate;
    }
    return null;
  }

  /** The name by which imports reach a file, or null if it is under no root. */
  nameOf(file: string): string | null {
    for (const root of [...this.roots, this.bundled]) {
      const relative = path.relative(root, file);
      if (relative !== "" && !relative.startsWith("..") && !path.isAbsolute(relative)) {
        return relative.split(path.sep).join("/");
      }
    }
    return null;
  }

  /** Whether a file is a bundled one, in no root of the user's. */
  isBundled(file: string): boolean {
    const inside = (root: string): boolean => file.startsWith(root + path.sep);
    return inside(this.bundled) && !this.roots.some(inside);
  }

  /** A path as messages name it: from the working directory where it is below it. */
  display(file: string): string {
    const relative = path.relative(this.cwd, file);
    return relative.startsWith("..") || path.isAbsolute(relative) ? file : relative;
  }

  /** The places that `find` looks in, for messages. */
  describe(): string {
    return [...this.roots.map((root) => this.display(root) || "."), "google-proto-files"].join(", ");
  }
}

export function isFile(file: string): boolean {
  return existsSync(file) && statSync(file).isFile();
}

/** Whether an import's name can be looked up: relative, with forward slashes, leading nowhere outside its root. */
export function isImportName(name: string): boolean {
  if (name === "" || name.includes("\\") || name.includes("\0")) return false;
  return name.split("/").every((segment) => segment !== "" && segment !== "." && segment !== "..");
}
