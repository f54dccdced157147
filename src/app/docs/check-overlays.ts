import { FaultsError } from "../../core/index.js";
import type { Overlay } from "../../openapi/index.js";
import type { GatewayConfig } from "../config/index.js";
import type { LoadedRoutes } from "../routes/index.js";
import { createDocuments } from "./create-documents.js";

/**
 * Applies overlays to the document of what is served, for what is wrong with them shows on it alone.
 * @throws FaultsError with the actions that cannot be applied
 */
export function checkOverlays(config: GatewayConfig, loaded: LoadedRoutes, overlays: readonly Overlay[]): void {
  if (overlays.length === 0) return;
  const faults = createDocuments(config, loaded, overlays, "").faults();
  if (faults.length > 0) throw new FaultsError(faults);
}
