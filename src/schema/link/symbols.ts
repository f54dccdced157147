import type { Position } from "../file-descriptor.js";
import type { EnumDraft, FieldDraft, FileContext, MessageDraft } from "./drafts.js";
import type { Faults } from "./faults.js";

/** What a full name stands for. Packages may be declared in many files, everything else in one. */
export type SymbolEntry =
  | { readonly kind: "package" }
  | { readonly kind: "message"; readonly file: FileContext; readonly message: MessageDraft }
  | { readonly kind: "enum"; readonly file: FileContext; readonly enum: EnumDraft }
  | { readonly kind: "extension"; readonly file: FileContext; readonly extension: FieldDraft }
  | { readonly kind: "service" | "method" | "field" | "oneof" | "enum value"; readonly file: FileContext };

/** What a name is looked up for: other kinds of symbols in its way are passed over, as protoc does for types. */
export type Wanted = "type" | "extension";

const PACKAGE: SymbolEntry = { kind: "package" };

/** All names of a Schema. */
export class SymbolTable {
  private readonly symbols = new Map<string, SymbolEntry>();
  /** The packages that each file declares, with those around them. */
  private readonly packages = new Map<string, Set<string>>();

  /** Declares the package of a file and those around it. */
  addPackage(file: FileContext, faults: Faults): void {
    const { name, package: declared } = file.descriptor;
    const names = new Set<string>();
    for (let end = declared.indexOf("."); declared !== ""; end = declared.indexOf(".", end + 1)) {
      names.add(end < 0 ? declared : declared.slice(0, end));
      if (end < 0) break;
    }
    this.packages.set(name, names);
    for (const part of names) this.add(part, PACKAGE, file, file.descriptor.packagePosition, faults);
  }

  /** Declares a symbol; a second one of the name is a fault that tells where the first is. */
  add(fullName: string, symbol: SymbolEntry, file: FileContext, position: Position | null, faults: Faults): void {
    const before = this.symbols.get(fullName);
    if (before === undefined) {
      this.symbols.set(fullName, symbol);
      return;
    }
    if (before.kind === "package" && symbol.kind === "package") return;
    const where =
      before.kind === "package" ? "as a package" : `as ${article(before.kind)} in ${before.file.descriptor.display}`;
    faults.add(file.descriptor.display, position, fullName, `the name is already taken, ${where}`);
  }

  get(fullName: string): SymbolEntry | undefined {
    return this.symbols.get(fullName);
  }

  /**
   * Resolves a name as written at a place: from the innermost scope outwards; the first part decides the scope (the
   * language guide, "Packages and Name Resolution"; protoc's LookupSymbol). Gives the symbol, or why there is none as the
   * end of a sentence.
   */
  resolve(name: string, scope: string, visible: ReadonlySet<string>, wanted: Wanted): SymbolEntry | string {
    if (name.startsWith(".")) {
      const fullName = name.slice(1);
      return this.find(fullName, visible) ?? this.absence(fullName, name);
    }
    const dot = name.indexOf(".");
    const first = dot < 0 ? name : name.slice(0, dot);
    let hidden: string | null = null;
    for (let outer: string | null = scope; outer !== null; outer = enclosing(outer)) {
      const candidate: string = outer === "" ? first : `${outer}.${first}`;
      const symbol = this.find(candidate, visible);
      if (symbol === null) {
        if (dot < 0 && hidden === null && this.symbols.has(candidate)) hidden = candidate;
        continue;
      }
      if (dot < 0) {
        if (isWanted(symbol, wanted)) return symbol;
      } else if (
        symbol.kind === "package" ||
        symbol.kind === "message" ||
        symbol.kind === "enum" ||
        symbol.kind === "service"
      ) {
        const fullName: string = candidate + name.slice(dot);
        return this.find(fullName, visible) ?? this.absence(fullName, name);
      }
    }
    return hidden === null ? "which is not defined" : this.absence(hidden, name);
  }

  private find(fullName: string, visible: ReadonlySet<string>): SymbolEntry | null {
    const symbol = this.symbols.get(fullName);
    if (symbol === undefined) return null;
    if (symbol.kind !== "package") return visible.has(symbol.file.descriptor.name) ? symbol : null;
    for (const file of visible) if (this.packages.get(file)?.has(fullName)) return symbol;
    return null;
  }

  private absence(fullName: string, written: string): string {
    const symbol = this.symbols.get(fullName);
    if (symbol !== undefined && symbol.kind !== "package") {
      return `which is defined in ${symbol.file.descriptor.name}, and that file is not imported`;
    }
    const same = written === fullName || written === `.${fullName}`;
    return same ? "which is not defined" : `which stands for ${fullName} here, and that is not defined`;
  }
}

/** The scope around a scope; null around the outermost. */
export function enclosing(scope: string): string | null {
  if (scope === "") return null;
  const dot = scope.lastIndexOf(".");
  return dot < 0 ? "" : scope.slice(0, dot);
}

function isWanted(symbol: SymbolEntry, wanted: Wanted): boolean {
  return wanted === "type" ? symbol.kind === "message" || symbol.kind === "enum" : symbol.kind === "extension";
}

/** The kind of a symbol with its article. */
export function article(kind: string): string {
  return /^[aeo]/.test(kind) ? `an ${kind}` : `a ${kind}`;
}
