import protobuf from "protobufjs";
import type {
  Cardinality,
  FieldType,
  FileType,
  MessageType,
  MethodType,
  OneofType,
  OptionValue,
  ScalarType,
  Schema,
  ServiceType,
  ValueType,
} from "../../../src/schema/index.js";

const NO_COMMENTS = { leading: "", trailing: "", detached: [] };
type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** TEMPORARY until loadProtoFiles lands: a Schema of proto3 texts by file name. */
export function compileProto(files: Readonly<Record<string, string>>): Schema {
  const root = new protobuf.Root();
  const messages = new Map<string, MessageType>();
  const services = new Map<string, ServiceType>();
  const all = new Map<string, FileType>();
  const types: [protobuf.Type, string, string][] = [];
  const found: [protobuf.Service, string, string][] = [];
  for (const [name, text] of Object.entries(files)) {
    const local = new protobuf.Root();
    const parsed = protobuf.parse(text, local, { keepCase: true });
    protobuf.parse(text, root, { keepCase: true });
    all.set(name, {
      name,
      package: parsed.package ?? "",
      syntax: "proto3",
      edition: "",
      imports: [],
      options: {},
      syntaxComments: NO_COMMENTS,
      packageComments: NO_COMMENTS,
    });
    const visit = (namespace: protobuf.NamespaceBase): void => {
      for (const object of namespace.nestedArray) {
        if (object instanceof protobuf.Type) types.push([root.lookupType(object.fullName), name, text]);
        if (object instanceof protobuf.Service) found.push([root.lookupService(object.fullName), name, text]);
        if (object instanceof protobuf.Namespace) visit(object);
      }
    };
    visit(local);
  }
  root.resolveAll();
  const element = (object: protobuf.ReflectionObject, file: string) => ({
    name: object.name,
    fullName: object.fullName.slice(1),
    options: {},
    comments: NO_COMMENTS,
    place: { file, line: null as number | null, column: null as number | null },
  });
  const fields = new Map<MessageType, FieldType[]>();
  for (const [type, file] of types) {
    const list: FieldType[] = [];
    const message: MessageType = {
      ...element(type, file),
      file: all.get(file) as FileType,
      fields: list,
      fieldsByNumber: new Map(),
      fieldsByName: new Map(),
      oneofs: [],
      extensions: new Map(),
      mapEntry: false,
      messageSet: false,
    };
    fields.set(message, list);
    messages.set(message.fullName, message);
  }
  for (const [type, file] of types) {
    const parent = messages.get(type.fullName.slice(1)) as MessageType;
    const oneofs = new Map<string, OneofType>();
    for (const source of type.fieldsArray) {
      const jsonName = source.name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
      const cardinality: Cardinality = source.map
        ? { kind: "map", key: "string" }
        : source.repeated
          ? { kind: "repeated", packed: true }
          : { kind: "singular", presence: "implicit" };
      let oneof: OneofType | null = null;
      const group = source.partOf;
      if (group && !group.isProto3Optional) {
        oneof = oneofs.get(group.name) ?? { ...element(group, file), fields: [] };
        oneofs.set(group.name, oneof);
      }
      const field: FieldType = {
        ...element(source, file),
        number: source.id,
        jsonName,
        type: typeOf(source, messages),
        cardinality,
        oneof,
        verifyUtf8: true,
        defaultValue: null,
        parent,
        extension: false,
      };
      fields.get(parent)?.push(field);
      const byName = parent.fieldsByName as Map<string, FieldType>;
      byName.set(jsonName, field);
      byName.set(field.name, field);
    }
  }
  for (const [source, file, text] of found) {
    const methods: MethodType[] = [];
    const service: ServiceType = { ...element(source, file), file: all.get(file) as FileType, methods };
    services.set(service.fullName, service);
    for (const method of source.methodsArray) {
      const before = text.slice(0, text.search(new RegExp(`rpc ${method.name}\\b`)));
      const options: Writable<Record<string, OptionValue>> = {};
      for (const option of (method.parsedOptions ?? []) as Record<string, OptionValue>[]) {
        for (const [name, value] of Object.entries(option)) options[name.replace(/^\((.*)\)$/, "[$1]")] = value;
      }
      methods.push({
        ...element(method, file),
        place: { file, line: before.split("\n").length, column: before.length - before.lastIndexOf("\n") },
        options,
        service,
        input: messages.get((method.resolvedRequestType as protobuf.Type).fullName.slice(1)) as MessageType,
        output: messages.get((method.resolvedResponseType as protobuf.Type).fullName.slice(1)) as MessageType,
        clientStreaming: method.requestStream === true,
        serverStreaming: method.responseStream === true,
        path: `/${service.fullName}/${method.name}`,
      });
    }
  }
  return { files: all, messages, enums: new Map(), services, extensions: new Map() };
}

function typeOf(field: protobuf.Field, messages: ReadonlyMap<string, MessageType>): ValueType {
  const message = messages.get(field.resolvedType?.fullName.slice(1) ?? "");
  if (message !== undefined) return { kind: "message", message, delimited: false };
  return { kind: "scalar", scalar: field.type as ScalarType };
}
