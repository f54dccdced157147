import type { CaseKey } from "./load-cases.js";

/** Cases that are not performed, each with the reason. The list may only shrink. */
export const skips: ReadonlyMap<CaseKey, string> = new Map<CaseKey, string>([]);
