import { type Fault, FaultsError } from "../../core/index.js";
import { type Reflection, ReflectionError } from "../../schema/index.js";
import type { GatewayConfig } from "../config/index.js";
import { upstreamOptions } from "../upstreams/index.js";
import { askUpstream } from "./ask-upstream.js";

/**
 * Asks every upstream of `schema.reflection` once, on connections that are closed again.
 * @throws FaultsError that names each one that does not answer
 */
export async function askOnce(config: GatewayConfig): Promise<readonly Reflection[]> {
  const { reflection, reflectionTimeout: timeout } = config.schema;
  if (reflection.length === 0) return [];
  const options = upstreamOptions(config, new Set(), { warn: () => undefined });
  const faults: Fault[] = [];
  const told = await Promise.all(
    reflection.map(async (name) => {
      const made = options.get(name);
      if (made === undefined) throw new Error(`there is no upstream ${name}`);
      try {
        return [await askUpstream(name, made, { timeout })];
      } catch (error) {
        if (!(error instanceof ReflectionError)) throw error;
        const message = `cannot ask it for its schema by server reflection: ${error.message}`;
        faults.push({ file: config.file, line: null, column: null, subject: `upstreams.${name}`, message });
        return [];
      }
    }),
  );
  if (faults.length > 0) throw new FaultsError(faults);
  return told.flat();
}
