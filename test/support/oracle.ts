import {
  createFileRegistry,
  type DescMessage,
  type DescMethod,
  equals,
  type FileRegistry,
  fromBinary,
  fromJson,
  type JsonValue,
  type Message,
  toBinary,
  toJson,
} from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";

/**
 * What a message is, by an implementation of protobuf that no one here wrote: protobuf-es over descriptors, without
 * generated code. Its JSON is ProtoJSON as the conformance suite has it.
 */
export class Oracle {
  readonly registry: FileRegistry;

  /** @param descriptors a FileDescriptorSet, as buildDescriptors gives it */
  constructor(descriptors: Uint8Array) {
    this.registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, descriptors));
  }

  /** @throws Error for a name that the descriptors do not have */
  type(fullName: string): DescMessage {
    const type = this.registry.getMessage(fullName);
    if (type === undefined) throw new Error(`cannot find message ${fullName} in the oracle's descriptors`);
    return type;
  }

  /** All methods of all services, in the order of the files. */
  methods(): DescMethod[] {
    return [...this.registry.files].flatMap((file) => file.services).flatMap((service) => service.methods);
  }

  /** @param method "pkg.Service/Method" */
  method(method: string): DescMethod {
    const found = this.methods().find((candidate) => `${candidate.parent.typeName}/${candidate.name}` === method);
    if (found === undefined) throw new Error(`cannot find method ${method} in the oracle's descriptors`);
    return found;
  }

  /** The message that ProtoJSON stands for. */
  read(type: DescMessage, json: unknown): Message {
    return fromJson(type, json as JsonValue, { registry: this.registry });
  }

  decode(type: DescMessage, bytes: Uint8Array): Message {
    return fromBinary(type, bytes);
  }

  encode(type: DescMessage, json: unknown): Uint8Array {
    return toBinary(type, this.read(type, json));
  }

  /** Canonical ProtoJSON. */
  toJson(type: DescMessage, bytes: Uint8Array): JsonValue {
    return this.printJson(type, fromBinary(type, bytes));
  }

  printJson(type: DescMessage, message: Message): JsonValue {
    return toJson(type, message, { registry: this.registry });
  }

  /** Whether both are the same message: fields, their presence and their values, unknown fields, what is inside an Any. */
  same(type: DescMessage, a: Message, b: Message): boolean {
    const equal = equals(type, a, b, { registry: this.registry, unpackAny: true, unknown: true });
    // NaN is not equal to itself, but its bytes are.
    return equal || Buffer.from(toBinary(type, a)).equals(toBinary(type, b));
  }
}
