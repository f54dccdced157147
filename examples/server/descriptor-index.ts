import { join } from "node:path";
import { getProtoPath } from "google-proto-files";
import protobuf from "protobufjs";

/** The parts of google.protobuf.DescriptorProto that have names. */
interface Message {
  readonly name?: string;
  readonly field?: readonly { readonly name?: string }[];
  readonly nestedType?: readonly Message[];
  readonly enumType?: readonly Enum[];
  readonly extension?: readonly Extension[];
  readonly oneofDecl?: readonly { readonly name?: string }[];
}

interface Enum {
  readonly name?: string;
  readonly value?: readonly { readonly name?: string }[];
}

interface Extension {
  readonly name?: string;
  readonly extendee?: string;
  readonly number?: number;
}

/** The parts of google.protobuf.FileDescriptorProto that have names. */
interface File extends Message {
  readonly package?: string;
  readonly dependency?: readonly string[];
  readonly messageType?: readonly Message[];
  readonly service?: readonly { readonly name?: string; readonly method?: readonly { readonly name?: string }[] }[];
}

interface Entry {
  readonly bytes: Uint8Array;
  readonly imports: readonly string[];
}

/** Which file describes what, over FileDescriptorProtos kept as the bytes that they came in. */
export class DescriptorIndex {
  readonly #files = new Map<string, Entry>();
  readonly #symbols = new Map<string, string>();
  readonly #services: string[] = [];
  readonly #extensions = new Map<string, Map<number, string>>();
  readonly #file = loadDescriptorType();

  /** Adds every file of a FileDescriptorSet (field 1, repeated). */
  addSet(bytes: Uint8Array): void {
    const reader = protobuf.Reader.create(bytes);
    while (reader.pos < reader.len) {
      const tag = reader.uint32();
      if (tag === 0x0a) this.addFile(reader.bytes());
      else reader.skipType(tag & 7);
    }
  }

  /** Adds one FileDescriptorProto; of two files of one name the first counts. */
  addFile(bytes: Uint8Array): void {
    const file = this.#file.toObject(this.#file.decode(bytes)) as File;
    const name = file.name ?? "";
    if (this.#files.has(name)) return;
    this.#files.set(name, { bytes, imports: file.dependency ?? [] });
    const scope = file.package === undefined || file.package === "" ? "" : `${file.package}.`;
    for (const message of file.messageType ?? []) this.#addMessage(message, scope, name);
    for (const type of file.enumType ?? []) this.#addEnum(type, scope, name);
    for (const extension of file.extension ?? []) this.#addExtension(extension, scope, name);
    for (const service of file.service ?? []) {
      const fullName = scope + service.name;
      this.#symbols.set(fullName, name);
      this.#services.push(fullName);
      for (const method of service.method ?? []) this.#symbols.set(`${fullName}.${method.name}`, name);
    }
  }

  /** Full names, sorted. */
  services(): string[] {
    return [...this.#services].sort();
  }

  /** The file that describes a full name, or null. */
  fileOfSymbol(symbol: string): string | null {
    return this.#symbols.get(symbol) ?? null;
  }

  fileOfExtension(containingType: string, number: number): string | null {
    return this.#extensions.get(containingType)?.get(number) ?? null;
  }

  extensionNumbers(containingType: string): number[] {
    return [...(this.#extensions.get(containingType)?.keys() ?? [])].sort((a, b) => a - b);
  }

  /** The file and all that it imports, directly or not, each once, the file itself first; null if there is no such file. */
  withImports(name: string): Uint8Array[] | null {
    if (!this.#files.has(name)) return null;
    const names = new Set([name]);
    // A Set's loop also visits what is added on the way.
    for (const next of names) for (const imported of this.#files.get(next)?.imports ?? []) names.add(imported);
    return [...names].flatMap((next) => this.#files.get(next)?.bytes ?? []);
  }

  #addMessage(message: Message, scope: string, file: string): void {
    const fullName = scope + message.name;
    this.#symbols.set(fullName, file);
    for (const part of [...(message.field ?? []), ...(message.oneofDecl ?? [])]) {
      this.#symbols.set(`${fullName}.${part.name}`, file);
    }
    for (const nested of message.nestedType ?? []) this.#addMessage(nested, `${fullName}.`, file);
    for (const type of message.enumType ?? []) this.#addEnum(type, `${fullName}.`, file);
    for (const extension of message.extension ?? []) this.#addExtension(extension, `${fullName}.`, file);
  }

  /** The values of an enum are siblings of the enum, not members of it. */
  #addEnum(type: Enum, scope: string, file: string): void {
    this.#symbols.set(scope + type.name, file);
    for (const value of type.value ?? []) this.#symbols.set(scope + value.name, file);
  }

  #addExtension(extension: Extension, scope: string, file: string): void {
    this.#symbols.set(scope + extension.name, file);
    const extendee = (extension.extendee ?? "").replace(/^\./, "");
    const numbers = this.#extensions.get(extendee) ?? new Map<number, string>();
    numbers.set(extension.number ?? 0, file);
    this.#extensions.set(extendee, numbers);
  }
}

function loadDescriptorType(): protobuf.Type {
  const root = new protobuf.Root();
  root.loadSync(join(getProtoPath(), "protobuf/descriptor.proto"));
  return root.lookupType("google.protobuf.FileDescriptorProto");
}
