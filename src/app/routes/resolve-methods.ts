import { type Fault, nearest, quoteValue } from "../../core/index.js";
import type { MethodType, Schema } from "../../schema/index.js";
import { type MethodFields, resolveMethodFields } from "../../transcode/index.js";
import type { GatewayConfig } from "../config/index.js";

/**
 * The fields that `streams.methods` names, found in the schema; what cannot be found is a fault. A method that is not there is
 * none while the schema is not complete.
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
  const found = new Map<MethodType, MethodFields>();
  for (const [name, names] of Object.entries(config.streams.methods)) {
    const fault = (key: string, message: string): void => {
      faults.push({ file: config.file, line: null, column: null, subject: `streams.methods.${name}${key}`, message });
    };
    const rpc = methods.get(name);
    if (rpc === undefined) {
      if (!complete) continue;
      const near = nearest(name, methods.keys());
      fault(
        "",
        `no service has a method ${quoteValue(name)}${near === null ? "" : `, did you mean ${quoteValue(near)}?`}`,
      );
    } else {
      found.set(
        rpc,
        resolveMethodFields(rpc, names, (key, message) => fault(`.${key}`, message)),
      );
    }
  }
  return found;
}
