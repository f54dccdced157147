import { FaultsError } from "../../core/index.js";
import {
  askReflection,
  MOST_BYTES,
  type Reflection,
  ReflectionError,
  type ReflectionOptions,
} from "../../schema/index.js";
import { createUpstream, type Upstream, type UpstreamOptions } from "../../upstream/index.js";

/**
 * Asks an upstream for its schema on a connection that is there for it alone: a schema may be larger than any reply may be, and
 * is none of the calls that are limited, made again or counted against an address. Rejects with a ReflectionError.
 */
export async function askUpstream(name: string, options: UpstreamOptions, how: ReflectionOptions): Promise<Reflection> {
  const upstream = await connectionTo(name, options);
  try {
    return await askReflection(name, upstream, how);
  } finally {
    await upstream.close(0);
  }
}

async function connectionTo(name: string, options: UpstreamOptions): Promise<Upstream> {
  const { target, transport, tls, connectTimeout, ownMetadata } = options;
  const more = { ...(connectTimeout && { connectTimeout }), ...(ownMetadata && { ownMetadata }) };
  try {
    return await createUpstream(name, { target, transport, tls, maxReplyBytes: MOST_BYTES, ...more });
  } catch (error) {
    // TLS files that could be read when the gateway started.
    if (!(error instanceof FaultsError)) throw error;
    throw new ReflectionError("broken", error.message);
  }
}
