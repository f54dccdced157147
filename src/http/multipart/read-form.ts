import type { IncomingMessage } from "node:http";
import { Busboy, type BusboyFileStream } from "@fastify/busboy";
import { GatewayError } from "../../core/index.js";
import type { PartHead } from "../../transcode/index.js";

/** What a form may cost; what is over is refused. */
export interface FormLimits {
  /** Parts of every kind. */
  readonly parts: number;
  readonly files: number;
  /** Bytes of a part that is no file. */
  readonly fieldBytes: number;
  /** Bytes of a file. */
  readonly fileBytes: number;
}

/** Takes the parts of a form, one after the other. What it throws ends the reading. */
export interface FormSink {
  begin(head: PartHead, isFile: boolean): void;
  /** False: hold back until `resume`. */
  data(bytes: Buffer): boolean;
  end(): void;
  /** All parts are there. */
  finish(): void;
  /** Once, instead of `finish`; nothing follows. Not before `readForm` has returned. */
  fail(error: GatewayError): void;
}

/** A form that is being read. */
export interface FormReading {
  /** Goes on after `data` answered false. */
  resume(): void;
  /** Ends the reading with a refusal, unless it is over. */
  stop(error: GatewayError): void;
}

interface Part {
  readonly head: PartHead;
  readonly isFile: boolean;
  readonly stream: BusboyFileStream;
}

/** Header lines of one part; RFC 7578 knows three. */
const HEADERS_OF_PART = 32;
const HEADER_BYTES = 8 * 1024;

/**
 * Reads multipart/form-data (RFC 7578) from a request as it arrives, as fast as the sink takes it. Every part is handed on
 * as bytes; the sink is told GW_FORM_INVALID, GW_BODY_TOO_LARGE or GW_BODY_INCOMPLETE, or what it threw itself.
 */
export function readForm(request: IncomingMessage, limits: FormLimits, sink: FormSink): FormReading {
  const parts: Part[] = [];
  let current: Part | null = null;
  let files = 0;
  let over = false;
  let whole = false;

  const fail = (reason: unknown): void => {
    if (over) return;
    over = true;
    request.unpipe();
    request.resume();
    sink.fail(GatewayError.from(reason));
  };
  const guarded = (step: () => void): void => {
    if (over) return;
    try {
      step();
    } catch (reason) {
      fail(reason);
    }
  };

  const parser = createParser(request, limits);
  if (parser instanceof GatewayError) {
    process.nextTick(() => sink.fail(parser));
    return { resume: () => undefined, stop: () => undefined };
  }

  const next = (): void => {
    if (current !== null) return;
    current = parts.shift() ?? null;
    if (current !== null) take(current);
    else if (whole) {
      over = true;
      sink.finish();
    }
  };
  const take = ({ head, isFile, stream }: Part): void => {
    const limit = isFile ? limits.fileBytes : limits.fieldBytes;
    let length = 0;
    sink.begin(head, isFile);
    stream.on("data", (bytes: Buffer) =>
      guarded(() => {
        length += bytes.length;
        if (length > limit) throw tooLarge(head, limit);
        if (!sink.data(bytes)) stream.pause();
      }),
    );
    stream.on("end", () =>
      guarded(() => {
        sink.end();
        current = null;
        next();
      }),
    );
  };

  parser.on("file", (name, stream, fileName: string | undefined, _encoding, contentType) => {
    // What breaks off is told by the parser itself.
    stream.on("error", fail);
    guarded(() => {
      // A part without a name is not form-data (RFC 7578, 4.2: "each part MUST contain … a name parameter").
      if (typeof name !== "string" || name === "") throw invalid("a part has no name");
      const isFile = fileName !== undefined || contentType === "application/octet-stream";
      if (isFile && ++files > limits.files) throw invalid(`it has more than ${limits.files} files`);
      parts.push({ head: { name, fileName: fileName ?? null, contentType }, isFile, stream });
      next();
    });
  });
  parser.on("partsLimit", () => fail(invalid(`it has more than ${limits.parts} parts`)));
  parser.on("error", (error: unknown) =>
    fail(
      new GatewayError("GW_FORM_INVALID", "cannot read the form: its parts are broken or it ends too early", {
        cause: error,
      }),
    ),
  );
  parser.on("finish", () =>
    guarded(() => {
      whole = true;
      next();
    }),
  );
  request.on("error", () => request.destroy());
  request.on("close", () => {
    // node:http2 calls a request complete also where it was aborted.
    if (!request.complete || request.aborted)
      fail(new GatewayError("GW_BODY_INCOMPLETE", "the connection ended before the body was complete"));
  });
  request.pipe(parser);
  return { resume: () => current?.stream.resume(), stop: fail };
}

function createParser(request: IncomingMessage, limits: FormLimits): InstanceType<typeof Busboy> | GatewayError {
  try {
    return new Busboy({
      headers: { ...request.headers, "content-type": request.headers["content-type"] ?? "" },
      // Every part as bytes: what they mean is for the field that the part names.
      isPartAFile: () => true,
      limits: { parts: limits.parts, headerPairs: HEADERS_OF_PART, headerSize: HEADER_BYTES },
    });
  } catch (cause) {
    return new GatewayError("GW_FORM_INVALID", "cannot read the form: its content type has no boundary", { cause });
  }
}

function invalid(why: string): GatewayError {
  return new GatewayError("GW_FORM_INVALID", `cannot read the form: ${why}`);
}

function tooLarge({ name }: PartHead, limit: number): GatewayError {
  return new GatewayError(
    "GW_BODY_TOO_LARGE",
    `cannot take part ${JSON.stringify(name)} of the form: it is larger than ${limit} bytes`,
  );
}
