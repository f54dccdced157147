/**
 * docs: the documents of what is served, under the configuration's overlays.
 *
 *   files ── loadOverlays ──> Overlays ┐
 *   Serving ───────────────────────────┴─ docsOptions ──> DocsOptions ── http/docs, on the public or the admin port
 */
export { checkOverlays } from "./check-overlays.js";
export { docsOptions } from "./docs-options.js";
export { isPartOf } from "./is-part-of.js";
export { loadOverlays } from "./load-overlays.js";
