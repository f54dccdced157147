import type { WireWriter } from "../codec/index.js";
import { GatewayError } from "../core/index.js";
import type { BoundVariable } from "../rules/index.js";
import { scanFields, type WireField } from "./wire.js";

/**
 * Refuses a body that gives a field of the path another value (requests.collisions: reject; Envoy's
 * reject_binding_body_field_collisions). Both values come from the same codec, so equal values are equal bytes.
 * @throws GatewayError GW_FIELD_COLLISION
 */
export function refuseCollision(body: Uint8Array, variable: BoundVariable, pathBytes: Uint8Array): void {
  const inBody = lastValue(body, variable);
  if (inBody === null) return;
  const inPath = lastValue(pathBytes, variable);
  if (inPath !== null && inBody.varint === inPath.varint && Buffer.compare(inBody.bytes, inPath.bytes) === 0) return;
  throw new GatewayError(
    "GW_FIELD_COLLISION",
    `cannot set field ${variable.fieldPath}: the path and the body give different values`,
    { violation: { field: variable.fieldPath, description: "the path and the body give different values" } },
  );
}

/** The bytes that one variable alone would append. */
export function variableBytes(
  write: (text: string, out: WireWriter) => void,
  text: string,
  out: WireWriter,
): Uint8Array {
  out.reset();
  write(text, out);
  return Uint8Array.from(out.view());
}

type Value = Pick<WireField, "number" | "varint" | "bytes">;

function lastValue(message: Uint8Array, variable: BoundVariable): Value | null {
  let values: readonly Value[] = [{ number: 0, varint: 0n, bytes: message }];
  for (const field of variable.path) {
    values = values.flatMap((value) => [...scanFields(value.bytes)].filter((inner) => inner.number === field.number));
  }
  return values[values.length - 1] ?? null;
}
