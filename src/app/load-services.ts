import type { Fault } from "../core/index.js";
import type { Binding, MultiSegmentDecoding } from "../rules/index.js";
import type { Schema } from "../schema/index.js";

/** What a configuration serves, before anything is compiled or opened. */
export interface LoadedServices {
  readonly schema: Schema;
  readonly bindings: readonly Binding[];
  /** What rule files ask for; null where none says it. */
  readonly multiSegment: MultiSegmentDecoding | null;
  /** The upstream's name by the service's full name; services that no upstream claims are not in it. */
  readonly claims: ReadonlyMap<string, string>;
  /** What is not wrong but surely not meant. */
  readonly warnings: readonly Fault[];
}
