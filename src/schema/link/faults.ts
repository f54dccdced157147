import { type Fault, FaultsError } from "../../core/index.js";
import type { Position } from "../file-descriptor.js";

/** Gathers what is wrong, so that all of it is told at once. */
export class Faults {
  private readonly faults: Fault[] = [];

  /** `display` is the file as the user named it; `position` null where the source does not tell. */
  add(display: string | null, position: Position | null, subject: string | null, message: string): void {
    this.faults.push({
      file: display,
      line: position?.line ?? null,
      column: position?.column ?? null,
      subject,
      message,
    });
  }

  addAll(faults: readonly Fault[]): void {
    for (const fault of faults) this.faults.push(fault);
  }

  /** Throws all that was gathered, if anything was: by file and place, what has none before what has one. */
  throwIfAny(): void {
    if (this.faults.length > 0) throw new FaultsError(this.faults.sort(byPlace));
  }
}

function byPlace(a: Fault, b: Fault): number {
  const files = compare(a.file ?? "", b.file ?? "");
  return files || (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
