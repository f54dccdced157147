import { createHash } from "node:crypto";
import { finishInTurns, type Steps } from "../../core/index.js";
import type { Upstream } from "../../upstream/index.js";
import { askAll, DEFAULT_LIMITS, type ReflectionLimits, type Told } from "./ask-all.js";
import { Dialogue } from "./dialogue.js";
import { ReflectionError } from "./reflection-error.js";

/** What an upstream tells of its services by server reflection. */
export interface Reflection extends Told {
  /** The upstream's name. */
  readonly upstream: string;
  /** The same for the same services, files and gaps, in whatever order they came. */
  readonly digest: string;
}

export interface ReflectionOptions {
  /** Milliseconds for all questions together. */
  readonly timeout: number;
  /** Gives up when aborted. */
  readonly signal?: AbortSignal;
  readonly limits?: ReflectionLimits;
}

/** In the order in which they are tried. The two are the same messages in two packages. */
const SERVICES = ["grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection"] as const;

/**
 * Asks an upstream for its schema: all that its services need, the files of google-proto-files included where it has them.
 * Rejects with a ReflectionError.
 */
export async function askReflection(
  name: string,
  upstream: Upstream,
  { timeout, signal, limits = DEFAULT_LIMITS }: ReflectionOptions,
): Promise<Reflection> {
  const deadline = Date.now() + timeout;
  for (const service of SERVICES) {
    const dialogue = new Dialogue(upstream, service, deadline);
    const giveUp = (): void => dialogue.fail(new ReflectionError("cancelled", "it is not asked any more"));
    signal?.addEventListener("abort", giveUp);
    try {
      if (signal?.aborted === true) giveUp();
      const told = await askAll((question) => dialogue.ask(question), limits);
      dialogue.close();
      return { ...told, upstream: name, digest: await finishInTurns(digestOf(told)) };
    } catch (error) {
      if (!(error instanceof ReflectionError)) throw error;
      dialogue.fail(error);
      if (error.kind !== "absent") throw error;
    } finally {
      signal?.removeEventListener("abort", giveUp);
    }
  }
  throw new ReflectionError("absent", "it has no server reflection, neither grpc.reflection.v1 nor v1alpha");
}

/** In steps: it is made of up to 64 MiB, each time that an upstream is asked. */
function* digestOf({ services, undescribed, files, missing }: Told): Steps<string> {
  const hash = createHash("sha256");
  hash.update(JSON.stringify([services, undescribed, [...missing.keys()].sort()]));
  for (const bytes of files.values()) {
    hash.update(`${bytes.length}:`).update(bytes);
    yield;
  }
  return hash.digest("base64url");
}
