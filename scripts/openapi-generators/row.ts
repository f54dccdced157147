import type { Cell } from "./cells.js";
import type { Generated } from "./run-generator.js";

/** One document for each column. */
export interface Documents {
  readonly openapiv2: Generated;
  readonly openapiv3: Generated;
  readonly portico: Generated;
}

export interface Row {
  readonly feature: string;
  /** Which protos it is about. */
  readonly variant: VariantName;
  readonly cells: Readonly<Record<keyof Documents, Cell>>;
}

/** library.proto without its `custom` rules; without the message that holds itself; and with other changes. */
export type VariantName = "selfHolding" | "plain" | "streamWithVariable";
