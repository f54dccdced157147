import { Code, codeNames, isCode, type Metadata, quoteValue, type RpcStatus } from "../../core/index.js";
import type { ByteStream, StatusOrigin, StreamSink, Upstream } from "../../upstream/index.js";
import { WireFault } from "../binary/wire-reader.js";
import { type Answer, readAnswer } from "./answer.js";
import { encodeQuestion, type Question } from "./question.js";
import { ReflectionError } from "./reflection-error.js";

interface Waiting {
  resolve(answer: Answer): void;
  reject(error: ReflectionError): void;
}

/**
 * One stream of ServerReflectionInfo: questions one way, an answer to each in the same order the other way. All are
 * answered by one server, whatever addresses the upstream has.
 */
export class Dialogue implements StreamSink {
  readonly #stream: ByteStream;
  readonly #waiting: Waiting[] = [];
  #failure: ReflectionError | null = null;

  /** `service` is grpc.reflection.v1.ServerReflection or its v1alpha; `deadline` ms since the epoch. */
  constructor(upstream: Upstream, service: string, deadline: number) {
    const path = `/${service}/ServerReflectionInfo`;
    this.#stream = upstream.stream({ path, metadata: [], deadline, uncounted: true }, this);
  }

  ask(question: Question): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== null) reject(this.#failure);
      else {
        this.#waiting.push({ resolve, reject });
        // Questions are small and few at a time: there is no backpressure to heed.
        this.#stream.write(encodeQuestion(question));
      }
    });
  }

  /** There are no more questions. */
  close(): void {
    this.#stream.closeSend();
  }

  /** Ends it now; questions that wait fail. */
  fail(error: ReflectionError): void {
    if (this.#failure !== null) return;
    this.#failure = error;
    this.#stream.cancel();
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }

  header(): void {
    // No header says anything of a schema.
  }

  drain(): void {
    // See `ask`.
  }

  message(bytes: Uint8Array): void {
    const waiting = this.#waiting.shift();
    if (waiting === undefined) {
      this.fail(new ReflectionError("broken", "it answers what nobody has asked"));
      return;
    }
    try {
      waiting.resolve(readAnswer(bytes));
    } catch (error) {
      if (!(error instanceof WireFault)) throw error;
      const failure = new ReflectionError("broken", `its answer cannot be read: ${error.message}`);
      waiting.reject(failure);
      this.fail(failure);
    }
  }

  end(status: RpcStatus, _trailer: Metadata, origin: StatusOrigin): void {
    this.fail(endOf(status, origin));
  }
}

function endOf({ code, message }: RpcStatus, origin: StatusOrigin): ReflectionError {
  if (code === Code.UNIMPLEMENTED) return new ReflectionError("absent", "it has no server reflection");
  switch (origin) {
    case "connection":
      return new ReflectionError("unreachable", message);
    case "deadline":
      return new ReflectionError("late", "it did not answer in time");
    case "cancelled":
      return new ReflectionError("cancelled", "it is not asked any more");
    case "protocol":
    case "limit":
    case "overload":
      return new ReflectionError("broken", message);
    case "upstream": {
      const name = isCode(code) ? codeNames[code] : String(code);
      if (code !== Code.OK) return new ReflectionError("refused", `it answered ${name}: ${quoteValue(message)}`);
      return new ReflectionError("broken", "it ended the stream before it had answered");
    }
    default:
      return origin satisfies never;
  }
}
