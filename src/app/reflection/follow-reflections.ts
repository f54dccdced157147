import type { ReflectionError } from "../../schema/index.js";
import type { UpstreamEvent, UpstreamOptions } from "../../upstream/index.js";
import type { RouteInputs } from "../routes/index.js";
import type { SchemaSource, Serving } from "../serving.js";
import type { UpstreamLog } from "../upstreams/index.js";
import { askUpstream } from "./ask-upstream.js";
import { SchemaBoard } from "./schema-board.js";
import { SchemaFollower } from "./schema-follower.js";

/** Milliseconds that a start waits for the first answers. An upstream that cannot be reached says so sooner. */
const PATIENCE = 2000;

/** A source of schemas that is told what becomes of upstreams. */
export interface FollowedReflections extends SchemaSource {
  event(upstream: string, event: UpstreamEvent): void;
}

/** Follows the schemas of the upstreams that `schema.reflection` names; `options` has what each upstream is made of. */
export function followReflections(
  serving: Serving,
  inputs: RouteInputs,
  options: ReadonlyMap<string, UpstreamOptions>,
  log: UpstreamLog,
): FollowedReflections {
  const { config } = serving;
  const stop = new AbortController();
  const board = new SchemaBoard(config, inputs, serving, log, stop.signal);
  const followers = new Map<string, SchemaFollower>();
  const { reflection, reflectionRefresh: refresh, reflectionTimeout: timeout } = config.schema;
  for (const name of reflection) {
    const made = options.get(name);
    if (made === undefined) throw new Error(`there is no upstream ${name}`);
    const failed = logOnce(name, log);
    followers.set(
      name,
      new SchemaFollower({
        ask: (signal) => askUpstream(name, made, { timeout, signal }),
        refresh,
        told(told) {
          failed(null);
          return board.offer(told);
        },
        failed,
      }),
    );
  }
  return {
    async start() {
      const first = [...followers.values()].map((follower) => follower.start());
      let timer: NodeJS.Timeout | undefined;
      const patience = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, PATIENCE);
      });
      await Promise.race([Promise.all(first), patience]);
      clearTimeout(timer);
      const upstreams = board.missing();
      if (upstreams.length === 0) return;
      const whose = `${upstreams.length === 1 ? "upstream" : "upstreams"} ${upstreams.join(", ")}`;
      log.warn(`the schema of ${whose} is not known: until it is, what no known rule has is answered 503`, {
        upstreams,
      });
    },
    stop() {
      stop.abort();
      for (const follower of followers.values()) follower.stop();
    },
    missing: () => board.missing(),
    event: (upstream, event) => followers.get(upstream)?.event(event),
  };
}

/** Logs why an upstream does not tell its schema: once, until the reason is another or it has told it (null). */
function logOnce(upstream: string, log: UpstreamLog): (error: ReflectionError | null) => void {
  let logged: string | null = null;
  return (error) => {
    // That it cannot be reached is an event of the upstream, which is logged as such.
    if (error === null || error.kind === "unreachable") {
      logged = null;
    } else if (error.message !== logged) {
      logged = error.message;
      log.warn(`upstream ${upstream} does not tell its schema: ${error.message}`, { upstream, cause: error.message });
    }
  };
}
