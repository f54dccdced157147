import type { Drafts } from "./drafts.js";
import type { Faults } from "./faults.js";
import type { Features } from "./features.js";

export function checkAll(_drafts: Drafts, _features: ReadonlyMap<object, Features>, _faults: Faults): void {
  // written next
}
