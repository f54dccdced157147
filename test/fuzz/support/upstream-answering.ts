import type { Upstream } from "../../../src/upstream/index.js";

/**
 * An upstream without a socket whose streams answer each message with those that `answer` gives, and end as soon as it gives
 * none, or when the caller has no more.
 */
export function upstreamAnswering(answer: (message: Uint8Array) => readonly Buffer[]): Upstream {
  const nothing = (): undefined => undefined;
  return {
    call: () => ({ cancel: nothing }),
    stream(_options, sink) {
      let ended = false;
      const end = (): void => {
        if (ended) return;
        ended = true;
        sink.end({ code: 0, message: "", details: null }, [], "upstream");
      };
      return {
        write(message) {
          process.nextTick(() => {
            if (ended) return;
            const answers = answer(message);
            for (const each of answers) if (!ended) sink.message(each);
            if (answers.length === 0) end();
          });
          return true;
        },
        cancel: () => process.nextTick(end),
        closeSend: () => process.nextTick(end),
        pause: nothing,
        resume: nothing,
      };
    },
    state: () => "ready",
    connect: nothing,
    close: async () => undefined,
  };
}
