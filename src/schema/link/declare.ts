import { quoteValue, type Steps } from "../../core/index.js";
import {
  type ElementDescriptor,
  type EnumDescriptor,
  type FieldDescriptor,
  type FileDescriptor,
  type MessageDescriptor,
  NO_COMMENTS,
  type Position,
  type ServiceDescriptor,
} from "../file-descriptor.js";
import { isIdentifier, jsonNameOf } from "../names.js";
import type { Cardinality, Options, Place, ValueType } from "../types.js";
import type { Drafts, FieldDraft, FileContext, MessagePair, OneofDraft, ServiceDraft } from "./drafts.js";
import { EnumDraft } from "./enum-draft.js";
import type { Faults } from "./faults.js";
import { MessageDraft } from "./message-draft.js";
import type { SymbolEntry, SymbolTable } from "./symbols.js";

export const NO_OPTIONS: Options = Object.freeze({});

/** Until types and features are resolved. */
const UNRESOLVED_TYPE: ValueType = { kind: "scalar", scalar: "int32" };
const UNRESOLVED_CARDINALITY: Cardinality = { kind: "singular", presence: "explicit" };

/** Makes a draft of everything in the files and declares its name. `files` are in the order of the Schema. */
export function* declareAll(files: readonly FileDescriptor[], symbols: SymbolTable, faults: Faults): Steps<Drafts> {
  const drafts: Drafts = {
    files: [],
    messages: [],
    fields: [],
    oneofs: [],
    extensions: [],
    enums: [],
    enumValues: [],
    services: [],
    methods: [],
  };
  for (const descriptor of files) {
    const file: FileContext = {
      descriptor,
      type: {
        name: descriptor.name,
        package: descriptor.package,
        syntax: descriptor.syntax,
        edition: descriptor.edition,
        imports: [...descriptor.imports]
          .sort((a, b) => Number(a.kind === "option") - Number(b.kind === "option"))
          .map((each) => each.name),
        options: NO_OPTIONS,
        syntaxComments: descriptor.syntaxComments,
        packageComments: descriptor.packageComments,
      },
      visible: new Set(),
      visibleToOptions: new Set(),
    };
    drafts.files.push(file);
    yield* new Declarer(file, drafts, symbols, faults).file();
  }
  return drafts;
}

/** Declares the elements of one file. */
class Declarer {
  private readonly context: FileContext;
  private readonly drafts: Drafts;
  private readonly symbols: SymbolTable;
  private readonly faults: Faults;
  private readonly fieldSymbol: SymbolEntry;
  private readonly enumValueSymbol: SymbolEntry;

  constructor(context: FileContext, drafts: Drafts, symbols: SymbolTable, faults: Faults) {
    this.context = context;
    this.drafts = drafts;
    this.symbols = symbols;
    this.faults = faults;
    this.fieldSymbol = { kind: "field", file: context };
    this.enumValueSymbol = { kind: "enum value", file: context };
  }

  *file(): Steps<void> {
    const { descriptor } = this.context;
    if (descriptor.package !== "" && !descriptor.package.split(".").every(isIdentifier)) {
      this.fault(descriptor.packagePosition, `the package ${quoteValue(descriptor.package)} is not a name`);
      return;
    }
    this.symbols.addPackage(this.context, this.faults);
    for (const message of descriptor.messages) {
      this.message(message, descriptor.package, null);
      yield;
    }
    for (const enumeration of descriptor.enums) this.enum(enumeration, descriptor.package, null);
    for (const extension of descriptor.extensions) this.extension(extension, descriptor.package, null);
    for (const service of descriptor.services) this.service(service, descriptor.package);
  }

  private message(descriptor: MessageDescriptor, scope: string, parent: MessagePair | null): void {
    const element = this.element(descriptor, scope);
    const draft = new MessageDraft(element, this.context.type, descriptor.mapEntry, descriptor.messageSet);
    const pair: MessagePair = { descriptor, draft, file: this.context, parent };
    this.drafts.messages.push(pair);
    this.declare(draft.fullName, { kind: "message", file: this.context, message: draft }, descriptor);
    for (const oneof of descriptor.oneofs) {
      const oneofDraft: OneofDraft = { ...this.element(oneof, draft.fullName), fields: [] };
      draft.oneofs.push(oneofDraft);
      this.drafts.oneofs.push({ descriptor: oneof, draft: oneofDraft, file: this.context, parent: pair });
      this.declare(oneofDraft.fullName, { kind: "oneof", file: this.context }, oneof);
    }
    for (const field of descriptor.fields) this.field(field, pair);
    for (const nested of descriptor.messages) this.message(nested, draft.fullName, pair);
    for (const enumeration of descriptor.enums) this.enum(enumeration, draft.fullName, pair);
    for (const extension of descriptor.extensions) this.extension(extension, draft.fullName, pair);
  }

  private field(descriptor: FieldDescriptor, parent: MessagePair): void {
    const { draft: message } = parent;
    const oneof = descriptor.oneof === null ? null : (message.oneofs[descriptor.oneof] ?? null);
    const { name, comments, position } = descriptor;
    // Written out: there are many fields, and a literal costs less than a spread.
    const draft: FieldDraft = {
      name,
      fullName: `${message.fullName}.${name}`,
      options: NO_OPTIONS,
      comments,
      place: this.place(position),
      number: descriptor.number,
      jsonName: descriptor.jsonName ?? jsonNameOf(descriptor.name),
      type: UNRESOLVED_TYPE,
      cardinality: UNRESOLVED_CARDINALITY,
      oneof,
      verifyUtf8: false,
      defaultValue: null,
      parent: message,
      extension: false,
    };
    if (descriptor.oneof !== null && oneof === null) {
      this.fault(descriptor.position, `the field ${draft.fullName} is in a oneof that its message does not have`);
    }
    oneof?.fields.push(draft);
    message.fields.push(draft);
    this.drafts.fields.push({ descriptor, draft, file: this.context, parent });
    this.declare(draft.fullName, this.fieldSymbol, descriptor);
  }

  private extension(descriptor: FieldDescriptor, scope: string, parent: MessagePair | null): void {
    const element = this.element(descriptor, scope);
    const draft = {
      ...element,
      number: descriptor.number,
      jsonName: `[${element.fullName}]`,
      type: UNRESOLVED_TYPE,
      cardinality: UNRESOLVED_CARDINALITY,
      oneof: null,
      verifyUtf8: false,
      defaultValue: null,
      // The message that it extends, once its name is resolved.
      parent: UNRESOLVED_MESSAGE,
      extension: true,
    };
    this.drafts.extensions.push({ descriptor, draft, file: this.context, parent });
    this.declare(draft.fullName, { kind: "extension", file: this.context, extension: draft }, descriptor);
  }

  private enum(descriptor: EnumDescriptor, scope: string, parent: MessagePair | null): void {
    // The names of the values stand beside the enum, not in it (descriptor.proto, EnumValueDescriptorProto).
    const values = descriptor.values.map((value) => ({ ...this.element(value, scope), number: value.number }));
    const draft = new EnumDraft(this.element(descriptor, scope), this.context.type, values);
    this.drafts.enums.push({ descriptor, draft, file: this.context, parent });
    this.declare(draft.fullName, { kind: "enum", file: this.context, enum: draft }, descriptor);
    draft.values.forEach((value, index) => {
      const from = descriptor.values[index];
      if (from === undefined) return;
      this.drafts.enumValues.push({ descriptor: from, draft: value, file: this.context, parent });
      this.declare(value.fullName, this.enumValueSymbol, from);
    });
  }

  private service(descriptor: ServiceDescriptor, scope: string): void {
    const draft: ServiceDraft = { ...this.element(descriptor, scope), file: this.context.type, methods: [] };
    this.drafts.services.push({ descriptor, draft, file: this.context, parent: null });
    this.declare(draft.fullName, { kind: "service", file: this.context }, descriptor);
    for (const method of descriptor.methods) {
      const methodDraft = {
        ...this.element(method, draft.fullName),
        service: draft,
        input: UNRESOLVED_MESSAGE,
        output: UNRESOLVED_MESSAGE,
        clientStreaming: method.clientStreaming,
        serverStreaming: method.serverStreaming,
        path: `/${draft.fullName}/${method.name}`,
      };
      draft.methods.push(methodDraft);
      this.drafts.methods.push({ descriptor: method, draft: methodDraft, file: this.context, parent: null });
      this.declare(methodDraft.fullName, { kind: "method", file: this.context }, method);
    }
  }

  private element(descriptor: ElementDescriptor, scope: string) {
    const { name, position, comments } = descriptor;
    return {
      name,
      fullName: scope === "" ? name : `${scope}.${name}`,
      options: NO_OPTIONS,
      comments,
      place: this.place(position),
    };
  }

  private place(position: Position | null): Place {
    return {
      file: this.context.descriptor.name,
      line: position?.line ?? null,
      column: position?.column ?? null,
    };
  }

  private declare(fullName: string, symbol: SymbolEntry, descriptor: ElementDescriptor): void {
    if (!isIdentifier(descriptor.name)) {
      this.fault(descriptor.position, `${quoteValue(descriptor.name)} is not a name for ${symbol.kind}s`);
      return;
    }
    this.symbols.add(fullName, symbol, this.context, descriptor.position, this.faults);
  }

  private fault(position: Position | null, message: string): void {
    this.faults.add(this.context.descriptor.display, position, null, message);
  }
}

/** Stands in for a message until its name is resolved; if that fails, nothing is made of the drafts. */
const UNRESOLVED_MESSAGE = new MessageDraft(
  { name: "", fullName: "", options: NO_OPTIONS, comments: NO_COMMENTS, place: { file: "", line: null, column: null } },
  {
    name: "",
    package: "",
    syntax: "proto2",
    edition: "",
    imports: [],
    options: NO_OPTIONS,
    syntaxComments: NO_COMMENTS,
    packageComments: NO_COMMENTS,
  },
  false,
  false,
);
