import type { Fault } from "../../core/index.js";
import { type KeyPath, printKeyPath, toPointer } from "./key-path.js";

/** 1-based. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Where a value stands, its key (null for the root and list items), and the environment variables that it was made of. */
export interface Origin {
  readonly value: Position;
  readonly key: Position | null;
  readonly variables: readonly string[];
}

/**
 * A configuration as read, before anything is known of its meaning. All later faults are made through it, so that each
 * has its file, line, column and key. Values that could not be read are listed as broken, so that nothing more is said
 * of them.
 */
export class Source {
  readonly file: string | null;
  /** Plain data; maps have no prototype, so that `__proto__` is a key like any other. */
  value: unknown = undefined;
  readonly faults: Fault[] = [];
  readonly #origins = new Map<string, Origin>();
  readonly #broken = new Set<string>();

  constructor(file: string | null) {
    this.file = file;
  }

  /** Remembers where a value stands. */
  place(path: KeyPath, origin: Origin): void {
    this.#origins.set(toPointer(path), origin);
  }

  origin(path: KeyPath): Origin | null {
    return this.#origins.get(toPointer(path)) ?? null;
  }

  /** Whether the user wrote a key. */
  isGiven(path: KeyPath): boolean {
    let value = this.value;
    for (const part of path) {
      if (typeof value !== "object" || value === null || !Object.hasOwn(value, part)) return false;
      value = (value as Readonly<Record<string, unknown>>)[part];
    }
    return true;
  }

  /** Whether a value, or one that it is inside of, has been found faulty. */
  isBroken(path: KeyPath): boolean {
    for (let length = path.length; length >= 0; length--) {
      if (this.#broken.has(toPointer(path.slice(0, length)))) return true;
    }
    return false;
  }

  /** Notes a fault of a value, unless one is noted already. */
  refuseValue(path: KeyPath, message: string): void {
    if (this.isBroken(path)) return;
    this.#broken.add(toPointer(path));
    const origin = this.#nearestOrigin(path);
    const variables = origin?.variables.map((name) => `\${${name}}`).join(", ") ?? "";
    this.noteAt(path, origin?.value ?? null, variables === "" ? message : `${message} (from ${variables})`);
  }

  /** Notes a fault of a key: one that is unknown, or (with `path` leading to a map) one that is missing inside. */
  refuseKey(path: KeyPath, message: string): void {
    const origin = this.#nearestOrigin(path);
    this.noteAt(path, origin?.key ?? origin?.value ?? null, message);
  }

  /** Notes a fault at a position, and that the value at the path cannot be used. */
  refuseAt(path: KeyPath, position: Position, message: string): void {
    this.#broken.add(toPointer(path));
    this.noteAt(path, position, message);
  }

  /** Notes a fault at a position. */
  noteAt(path: KeyPath, position: Position | null, message: string): void {
    const place = { line: position?.line ?? null, column: position?.column ?? null };
    this.faults.push({ file: this.file, ...place, subject: printKeyPath(path) || null, message });
  }

  /** The origin of a value, or, where it was left out, of what it would stand in. */
  #nearestOrigin(path: KeyPath): Origin | null {
    for (let length = path.length; length >= 0; length--) {
      const origin = this.origin(path.slice(0, length));
      if (origin !== null) return origin;
    }
    return null;
  }
}
