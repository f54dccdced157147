/**
 * What is wrong with configuration, protos or rules. Faults are collected, so that all of them are told at once, and
 * thrown together as one FaultsError before anything is served.
 */
export interface Fault {
  /** The file as the user named it, or null where no file is at fault. */
  readonly file: string | null;
  /** 1-based; null where unknown. */
  readonly line: number | null;
  /** 1-based, in the line, or in the template or value that the message quotes; null where unknown. */
  readonly column: number | null;
  /** What is at fault: a method's full name, a key of the configuration; null where the file says it all. */
  readonly subject: string | null;
  /** One formed sentence without the place. */
  readonly message: string;
}

/** `file:line:column: subject: message`, leaving out what is not known. */
export function printFault(fault: Fault): string {
  let place = fault.file ?? "";
  if (fault.file !== null && fault.line !== null) {
    place += `:${fault.line}`;
    if (fault.column !== null) place += `:${fault.column}`;
  }
  return [place, fault.subject ?? "", fault.message].filter((part) => part !== "").join(": ");
}

/** All that is wrong, thrown once. Its message is one line a fault. */
export class FaultsError extends Error {
  override readonly name = "FaultsError";
  readonly faults: readonly Fault[];

  constructor(faults: readonly Fault[]) {
    super(faults.map(printFault).join("\n"));
    this.faults = faults;
  }
}
