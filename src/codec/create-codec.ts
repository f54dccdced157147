import { GatewayError } from "../core/index.js";
import type { FieldType, MessageType, Schema } from "../schema/index.js";
import { defaultJsonOptions } from "./options.js";
import { PrintCompiler } from "./print/compile-print.js";
import { irregular, type PrintMessage } from "./print/print-types.js";
import { TextBuffer } from "./print/text-buffer.js";
import { JsonCompiler } from "./read/compile-json.js";
import { explainFault } from "./read/explain-fault.js";
import { inferMask } from "./read/infer-mask.js";
import { JsonCursor } from "./read/json-cursor.js";
import { JsonFault } from "./read/json-fault.js";
import type { JsonField, JsonMessage } from "./read/json-types.js";
import { readField, SLACK } from "./read/read-members.js";
import { compileText, compileTextEntry } from "./text/text-to-field.js";
import type {
  Codec,
  JsonOptions,
  JsonToWire,
  JsonToWireWithPaths,
  TextToField,
  WireToJson,
  WireWriter,
} from "./types.js";
import { normaliseWire } from "./wire/normalise-wire.js";
import { WireCursor, WireFault } from "./wire/wire-cursor.js";
import { WireBuffer } from "./wire/wire-writer.js";

/** A codec for the messages of a Schema. It is not re-entrant, and need not be: every call of it ends before another begins. */
export function createCodec(schema: Schema, options: Partial<JsonOptions> = {}): Codec {
  return new CompiledCodec(schema, { ...defaultJsonOptions, ...options });
}

class CompiledCodec implements Codec {
  readonly options: JsonOptions;
  private readonly schema: Schema;
  private readonly json: JsonCompiler;
  private readonly print: PrintCompiler;
  private readonly input = new JsonCursor();
  private readonly out = new WireBuffer();
  private readonly wire = new WireCursor();
  private readonly text = new TextBuffer();

  constructor(schema: Schema, options: JsonOptions) {
    this.options = options;
    this.schema = schema;
    this.json = new JsonCompiler(schema, options);
    this.print = new PrintCompiler(schema, options);
  }

  encoder(type: MessageType, partial: boolean = false): JsonToWire {
    const compiled = this.json.message(type);
    const message: JsonMessage = partial && compiled.required.length !== 0 ? { ...compiled, required: [] } : compiled;
    return (json) => this.encodeMessage(json, message);
  }

  fieldEncoder(type: FieldType): JsonToWire {
    const field = this.json.field(type, 0, -1);
    return (json) => this.encodeField(json, field, type);
  }

  maskingFieldEncoder(type: FieldType): JsonToWireWithPaths {
    const encode = this.fieldEncoder(type);
    return (json) => {
      if (json.length === 0) return { bytes: json, paths: [] };
      const bytes = encode(json);
      return { bytes, paths: inferMask(json, type) };
    };
  }

  private encodeMessage(json: Uint8Array, message: JsonMessage): Uint8Array {
    const { input, out } = this;
    input.load(json);
    out.reset();
    try {
      input.next();
      out.ensure(input.end + SLACK);
      message.content(input, out, message);
      input.finish();
    } catch (reason) {
      throw reason instanceof JsonFault ? explainFault(reason, input, message.type) : reason;
    }
    return out.view();
  }

  private encodeField(json: Uint8Array, field: JsonField, type: FieldType): Uint8Array {
    const { input, out } = this;
    input.load(json);
    out.reset();
    try {
      out.ensure(input.end + SLACK);
      if (input.next() === 0x6e && !(field.nullable && type.cardinality.kind === "singular")) input.literal("null");
      else readField(input, out, field);
      input.finish();
    } catch (reason) {
      throw reason instanceof JsonFault ? explainFault(reason, input, type) : reason;
    }
    return out.view();
  }

  decoder(type: MessageType): WireToJson {
    const message = this.print.message(type);
    return (bytes) => {
      this.printBytes(bytes, message);
      return this.text.view();
    };
  }

  fieldDecoder(type: FieldType): WireToJson {
    const { parent, oneof } = type;
    const { message, keyLength, zero } = this.print.single(type);
    const unset = Buffer.from(zero.bytes);
    return (bytes) => {
      // A later member of the same oneof unsets the field, which only the whole message can tell.
      this.printBytes(oneof === null ? bytes : this.normalise(parent, bytes), message);
      const { length } = this.text;
      return length === 2 ? unset : this.text.view(keyLength, length - 1);
    };
  }

  /** Prints into `text`. */
  private printBytes(bytes: Uint8Array, message: PrintMessage): void {
    try {
      this.printOnce(bytes, message);
    } catch (reason) {
      if (reason !== irregular) throw explainWire(reason, message);
      try {
        this.printOnce(this.normalise(message.type, bytes), message);
      } catch (second) {
        throw explainWire(second, message);
      }
    }
  }

  private printOnce(bytes: Uint8Array, message: PrintMessage): void {
    this.printLoosely(bytes, message);
    if (this.text.isUtf8()) return;
    // Once more, to find the field whose string is at fault.
    this.wire.strict = true;
    try {
      this.printLoosely(bytes, message);
    } finally {
      this.wire.strict = false;
    }
  }

  /** Prints without asking whether strings are UTF-8. */
  private printLoosely(bytes: Uint8Array, message: PrintMessage): void {
    const { wire, text } = this;
    wire.load(bytes);
    text.reset();
    message.content(wire, text, message);
  }

  private normalise(type: MessageType, bytes: Uint8Array): Uint8Array {
    try {
      return normaliseWire(type, bytes, { keepUnknown: false, typeOf: (name) => this.schema.messages.get(name) });
    } catch (reason) {
      throw explainWire(reason, this.print.message(type));
    }
  }

  textToField(path: readonly FieldType[]): TextToField {
    return compileText(path, this.json);
  }

  textToMapEntry(path: readonly FieldType[]): (key: string, value: string, out: WireWriter) => void {
    return compileTextEntry(path, this.json);
  }
}

function explainWire(reason: unknown, message: PrintMessage): unknown {
  if (!(reason instanceof WireFault)) return reason;
  const text = `cannot print ${message.subject} as JSON: ${reason.message}`;
  return new GatewayError("GW_UPSTREAM_INVALID", text, { cause: reason });
}
