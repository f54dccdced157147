import { readFileSync } from "node:fs";
import { type Fault, FaultsError } from "../../core/index.js";
import { type Overlay, readOverlay } from "../../openapi/index.js";

/**
 * Reads overlay files, in their order.
 * @throws FaultsError with all that is wrong in them
 */
export async function loadOverlays(files: readonly string[]): Promise<readonly Overlay[]> {
  const read = await Promise.all(files.map(loadOverlay));
  const faults = read.flatMap((one) => one.faults);
  if (faults.length > 0) throw new FaultsError(faults);
  return read.flatMap(({ overlay }) => overlay ?? []);
}

async function loadOverlay(
  file: string,
): Promise<{ readonly overlay: Overlay | null; readonly faults: readonly Fault[] }> {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const message = `cannot read the overlay: ${reason}`;
    return { overlay: null, faults: [{ file, line: null, column: null, subject: null, message }] };
  }
  return readOverlay(text, file);
}
