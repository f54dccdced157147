import { isAbsolute, relative } from "node:path";
import type { Fault } from "../../core/index.js";

/** A path as a person in the working directory would type it: relative where it lies inside, else as it is. */
export function nearPath(path: string): string {
  if (!isAbsolute(path)) return path;
  const near = relative(process.cwd(), path);
  return near === "" || near.startsWith("..") ? path : near;
}

/** A fault whose file is named so. */
export function nearFault(fault: Fault): Fault {
  return fault.file === null ? fault : { ...fault, file: nearPath(fault.file) };
}
