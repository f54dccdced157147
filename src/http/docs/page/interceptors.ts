/** What the page shows of a stream: so many messages, or what came in so many milliseconds. */
const STREAM = { messages: 20, milliseconds: 5_000 };

/**
 * Functions for the page, which runs them on each request before it is sent and on each response. The page gets them as text
 * (@fastify/swagger-ui, uiConfig), so they close over nothing; what they share stands in `window.porticoPaths`.
 *
 * On a response that is an OpenAPI document, the paths in it that need help are noted, and the page takes its title. On a
 * request, slashes are put back into parameters that take several segments (`x-multi-segment`), which the page escapes like
 * those of any parameter; `%2F` in a parameter of one segment stays. And streams of messages, which need have no end, are
 * ended once there is enough to show: an array is asked for as lines, so that it can be cut between two messages.
 */
function inPage<F>(source: string): F {
  return Object.assign((value: unknown) => value, { toString: () => source }) as F;
}

type Interceptor = <T>(value: T) => T;

/** Run on each response. */
export const responseInterceptor = inPage<Interceptor>(`(response) => {
    const document = response.obj;
    if (!document || typeof document.openapi !== "string" || !document.paths) return response;
    // Matches the end of a URL's path; its group is the parameter of several segments, if there is one.
    const patternOf = (path, rest) => path.split(/(\\{[^}]*\\})/).map((part) =>
      !part.startsWith("{") ? part.replace(/[.*+?^\${}()|[\\]\\\\]/g, "\\\\$&") : part === "{" + rest + "}" ? "(.+)" : "[^/]+"
    ).join("") + "$";
    const slashed = [];
    const streams = [];
    for (const [path, item] of Object.entries(document.paths)) {
      for (const [method, operation] of Object.entries(item)) {
        const rest = (operation.parameters || []).find((parameter) => parameter["x-multi-segment"] === true);
        if (rest) slashed.push(patternOf(path, rest.name));
        const { content } = (operation.responses || {})["200"] || {};
        if (content && content["text/event-stream"]) streams.push({ method: method.toUpperCase(), pattern: patternOf(path) });
      }
    }
    // A path that goes on after the parameter (a verb) is the more specific.
    slashed.sort((a, b) => b.length - a.length);
    window.porticoPaths = { slashed, streams };
    if (document.info && document.info.title) window.document.title = document.info.title;
    return response;
  }`);

/** Run on each request. */
export const requestInterceptor = inPage<Interceptor>(`(request) => {
    if (request.loadSpec) {
      // Relative to the page, with or without the slash at its end.
      const page = window.location.origin + window.location.pathname.replace(/\\/?$/, "/");
      request.url = new URL(request.url, page).href;
      return request;
    }
    const { slashed, streams } = window.porticoPaths || { slashed: [], streams: [] };
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

    for (const pattern of slashed) {
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
  }`);
