import { type Fault, nearest, quoteValue } from "../../core/index.js";
import type { MethodType, Schema } from "../../schema/index.js";
import {
  type MethodFields,
  NO_METHOD_FIELDS,
  resolveDownloadName,
  resolveMethodFields,
} from "../../transcode/index.js";
import type { GatewayConfig } from "../config/index.js";

/**
 * The fields that `streams.methods` and `downloads.methods` name, found in the schema; what cannot be found is a fault. A
 * method that is not there is none while the schema is not complete.
 */
export function resolveMethods(
  schema: Schema,
  config: GatewayConfig,
  complete: boolean,
  faults: Fault[],
): ReadonlyMap<MethodType, MethodFields> {
  const methods = new Map(
    [...schema.services.values()].flatMap(({ methods }) => methods.map((rpc) => [rpc.fullName, rpc])),
  );
  const fault = (subject: string, message: string): void => {
    faults.push({ file: config.file, line: null, column: null, subject, message });
  };
  const find = (key: string, name: string): MethodType | null => {
    const rpc = methods.get(name) ?? null;
    if (rpc !== null || !complete) return rpc;
    const near = nearest(name, methods.keys());
    const hint = near === null ? "" : `, did you mean ${quoteValue(near)}?`;
    fault(key, `no service has a method ${quoteValue(name)}${hint}`);
    return null;
  };

  const found = new Map<MethodType, MethodFields>();
  for (const [name, names] of Object.entries(config.streams.methods)) {
    const key = `streams.methods.${name}`;
    const rpc = find(key, name);
    if (rpc === null) continue;
    found.set(
      rpc,
      resolveMethodFields(rpc, names, (field, message) => fault(`${key}.${field}`, message)),
    );
  }
  for (const [name, { fileName, disposition }] of Object.entries(config.downloads.methods)) {
    const key = `downloads.methods.${name}`;
    const rpc = find(key, name);
    if (rpc === null || fileName === null) continue;
    const download = resolveDownloadName(rpc, fileName, disposition);
    if (typeof download === "string") fault(`${key}.fileName`, download);
    else found.set(rpc, { ...(found.get(rpc) ?? NO_METHOD_FIELDS), download });
  }
  return found;
}
