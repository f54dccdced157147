import { compileDecode, type DecodeVariable } from "./decode-segment.js";
import type { Binding, MultiSegmentDecoding, Template } from "./types.js";

/**
 * Reads the values of a binding's variables from a raw path that its template matches: from its start to `end`, where the
 * verb begins or the path ends.
 */
export type Capture = (path: string, end: number) => string[];

/** Finds the boundary before one segment of the template: the index of its slash in the path. */
type Boundary = (path: string, end: number) => number;

interface CompiledVariable {
  readonly start: Boundary;
  readonly end: Boundary;
  readonly decode: DecodeVariable;
}

const noCaptures: Capture = () => [];

/**
 * Compiles the captures of the bindings of one matcher. Bindings that capture alike share one, as most of an API do: what
 * a request runs then stays in the processor's cache, whatever the number of routes.
 */
export function createCaptureCompiler(decoding: MultiSegmentDecoding): (binding: Binding) => Capture {
  const captures = new Map<string, Capture>();
  return (binding) => {
    const { variables, template } = binding;
    const key = JSON.stringify([
      template.segments.length,
      restIndex(template),
      variables.map(({ fieldPath, start, end, multiSegment }) => [fieldPath, start, end, multiSegment]),
    ]);
    let capture = captures.get(key);
    if (capture === undefined) {
      capture = compileCaptures(binding, decoding);
      captures.set(key, capture);
    }
    return capture;
  };
}

/** @throws GatewayError (from the capture) GW_URL_MALFORMED where a captured segment cannot be decoded */
function compileCaptures(binding: Binding, decoding: MultiSegmentDecoding): Capture {
  const { template } = binding;
  const variables = binding.variables.map(
    (variable): CompiledVariable => ({
      start: compileBoundary(template, variable.start),
      end: compileBoundary(template, variable.end),
      decode: compileDecode(variable.fieldPath, variable.multiSegment, decoding),
    }),
  );
  if (variables.length === 0) return noCaptures;
  return (path, end) => variables.map((variable) => readVariable(variable, path, end));
}

function readVariable(variable: CompiledVariable, path: string, end: number): string {
  const from = variable.start(path, end) + 1;
  const to = variable.end(path, end);
  // A `**` of no segments starts where it ends.
  return from > to ? "" : variable.decode(path.slice(from, to));
}

/** Up to a `**` the boundaries are counted from the start of the path, behind it from its end. */
function compileBoundary(template: Template, index: number): Boundary {
  const rest = restIndex(template);
  if (index === template.segments.length) return (_, end) => end;
  return rest < 0 || index <= rest ? fromStart(index) : fromEnd(template.segments.length - index);
}

function restIndex(template: Template): number {
  return template.segments.findIndex((segment) => segment.kind === "rest");
}

function fromStart(count: number): Boundary {
  return (path, end) => {
    let at = 0;
    for (let i = 0; i < count; i++) {
      at = path.indexOf("/", at + 1);
      // No further slash: a `**` of no segments stands at the end of the path.
      if (at < 0 || at > end) return end;
    }
    return at;
  };
}

function fromEnd(count: number): Boundary {
  return (path, end) => {
    let at = end;
    for (let i = 0; i < count; i++) at = path.lastIndexOf("/", at - 1);
    return at;
  };
}
