import type { PlainDocument } from "./document-texts.js";

/** What the page shows of a stream: so many messages, or what came in so many milliseconds. */
const STREAM = { messages: 20, milliseconds: 5_000 };

/**
 * A function for the page, which runs it on each request before it is sent.
 *
 * It puts slashes back into parameters that take several segments (`x-multi-segment`), which the page escapes like those of
 * any parameter; `%2F` in a parameter of one segment stays. And it ends streams of messages, which need have no end, once
 * there is enough to show: an array is asked for as lines, so that it can be cut between two messages.
 *
 * The page gets the function as text (@fastify/swagger-ui, uiConfig), so it holds the paths instead of closing over them.
 */
export function requestInterceptor(document: PlainDocument): <T>(request: T) => T {
  const source = `(request) => {
    const slashed = ${JSON.stringify(multiSegmentPaths(document))};
    const streams = ${JSON.stringify(streamPaths(document))};
    const limit = ${JSON.stringify(STREAM)};
    const [path, ...query] = request.url.split("?");
    const method = (request.method || "GET").toUpperCase();

    const readStream = async (url, init) => {
      const asArray = !/ndjson|event-stream/.test(init.headers.accept || init.headers.Accept || "");
      const headers = asArray ? { ...init.headers, accept: "application/x-ndjson" } : init.headers;
      if (asArray) delete headers.Accept;
      const stop = new AbortController();
      const timer = setTimeout(() => stop.abort(), limit.milliseconds);
      const response = await fetch(url, { ...init, headers, signal: stop.signal });
      const type = response.headers.get("content-type") || "";
      const end = type.startsWith("text/event-stream") ? "\\n\\n" : "\\n";
      const decoder = new TextDecoder();
      let text = "";
      try {
        const reader = response.body.getReader();
        for (let part = await reader.read(); !part.done; part = await reader.read()) {
          text += decoder.decode(part.value, { stream: true });
          if (response.ok && text.split(end).length > limit.messages) stop.abort();
        }
      } catch (error) {
        if (error.name !== "AbortError") throw error;
      }
      clearTimeout(timer);
      const shown = new Headers(response.headers);
      if (response.ok) {
        const messages = text.split(end).slice(0, -1).slice(0, limit.messages);
        text = messages.map((message) => message + end).join("");
        if (asArray) {
          text = "[" + messages.join(",") + "]";
          shown.set("content-type", "application/json");
        }
      }
      return new Response(text, { status: response.status, statusText: response.statusText, headers: shown });
    };

    for (const { pattern } of slashed) {
      const match = new RegExp(pattern, "d").exec(path);
      if (match === null) continue;
      const [start, end] = match.indices[1];
      const value = path.slice(start, end).replace(/%2F/gi, "/");
      request.url = [path.slice(0, start) + value + path.slice(end), ...query].join("?");
      break;
    }
    if (streams.some((stream) => stream.method === method && new RegExp(stream.pattern).test(path))) {
      request.userFetch = readStream;
    }
    return request;
  }`;
  const inPage = <T>(request: T): T => request;
  return Object.assign(inPage, { toString: () => source });
}

/** A path as a regular expression that matches the end of a URL's; its group is a parameter of several segments. */
interface PagePath {
  readonly method: string;
  readonly pattern: string;
}

function multiSegmentPaths(document: PlainDocument): readonly PagePath[] {
  const found = operationsOf(document).flatMap(({ path, method, operation }) => {
    const name = parametersOf(operation).find((parameter) => parameter["x-multi-segment"] === true)?.["name"];
    return name === undefined ? [] : [{ method, pattern: patternOf(path, String(name)) }];
  });
  // A path that goes on after the parameter (a verb) is the more specific.
  return found.sort((a, b) => b.pattern.length - a.pattern.length);
}

function streamPaths(document: PlainDocument): readonly PagePath[] {
  return operationsOf(document)
    .filter(({ operation }) => JSON.stringify(operation["responses"])?.includes('"text/event-stream"'))
    .map(({ path, method }) => ({ method, pattern: patternOf(path, null) }));
}

function patternOf(path: string, multiSegment: string | null): string {
  const parts = path.split(/(\{[^}]*\})/);
  const patterns = parts.map((part) => {
    if (!part.startsWith("{")) return part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    return part === `{${multiSegment}}` ? "(.+)" : "[^/]+";
  });
  return `${patterns.join("")}$`;
}

type Members = Readonly<Record<string, unknown>>;

function operationsOf({ paths }: PlainDocument): readonly { path: string; method: string; operation: Members }[] {
  return Object.entries(paths ?? {}).flatMap(([path, item]) =>
    Object.entries(item ?? {}).flatMap(([method, operation]) =>
      typeof operation === "object" && operation !== null
        ? [{ path, method: method.toUpperCase(), operation: operation as Members }]
        : [],
    ),
  );
}

function parametersOf({ parameters }: Members): readonly Members[] {
  return Array.isArray(parameters) ? parameters : [];
}
