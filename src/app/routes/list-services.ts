import type { Fault } from "../../core/index.js";
import type { Reflection } from "../../schema/index.js";
import { type GatewayConfig, namingUpstream } from "../config/index.js";

/**
 * The upstream that lists each service; one with `services` serves those and no other, whatever it lists. Two that list the
 * same one are a fault, unless `services` says whose it is.
 */
export function listServices(
  config: GatewayConfig,
  reflections: readonly Reflection[],
  faults: Fault[],
): ReadonlyMap<string, string> {
  const listed = new Map<string, string>();
  for (const { upstream, services } of reflections) {
    if ((config.upstreams[upstream]?.services.length ?? 0) > 0) continue;
    for (const service of services) {
      const other = listed.get(service);
      if (other === undefined) {
        listed.set(service, upstream);
      } else if (namingUpstream(service, config.upstreams) === null) {
        const message = `the upstreams ${other} and ${upstream} both list this service: name it in \`services\` of one of them`;
        faults.push({ file: config.file, line: null, column: null, subject: service, message });
      }
    }
  }
  return listed;
}
