import type {
  Cardinality,
  Comments,
  EnumType,
  FieldType,
  FileType,
  MessageType,
  MethodType,
  Options,
  OptionValue,
  Place,
  Schema,
  ServiceType,
  ValueType,
} from "./types.js";

/** A description: JSON, so that two can be compared and a difference named by its path. */
export type Description = OptionValue;

/** `definition`: what the elements are; `all`: with comments and places. */
export type DescriptionDetail = "definition" | "all";

/** Everything that a Schema knows, as JSON by the names of its files; types are named, not nested. */
export function describeSchema(schema: Schema, detail: DescriptionDetail): ReadonlyMap<string, Description> {
  const messages = groupByFile(schema.messages);
  const enums = groupByFile(schema.enums);
  const services = groupByFile(schema.services);
  const extensions = groupByFile(schema.extensions);
  const describeFile = (file: FileType): Description => ({
    name: file.name,
    package: file.package,
    syntax: file.syntax,
    edition: file.edition,
    imports: file.imports,
    options: file.options,
    ...(detail === "all" && {
      syntaxComments: describeComments(file.syntaxComments),
      packageComments: describeComments(file.packageComments),
    }),
    messages: (messages.get(file.name) ?? []).map((message) => describeMessage(message, detail)),
    enums: (enums.get(file.name) ?? []).map((each) => describeEnum(each, detail)),
    services: (services.get(file.name) ?? []).map((service) => describeService(service, detail)),
    extensions: (extensions.get(file.name) ?? []).map((extension) => describeField(extension, detail)),
  });
  return new Map([...schema.files].map(([name, file]) => [name, describeFile(file)]));
}

function groupByFile<T extends { readonly place: Place }>(elements: ReadonlyMap<string, T>): ReadonlyMap<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const element of elements.values()) {
    const group = groups.get(element.place.file);
    if (group === undefined) groups.set(element.place.file, [element]);
    else group.push(element);
  }
  return groups;
}

function describeMessage(message: MessageType, detail: DescriptionDetail): Description {
  return {
    ...describeElement(message, detail),
    file: message.file.name,
    mapEntry: message.mapEntry,
    messageSet: message.messageSet,
    fields: message.fields.map((field) => describeField(field, detail)),
    oneofs: message.oneofs.map((oneof) => ({
      ...describeElement(oneof, detail),
      fields: oneof.fields.map((field) => field.name),
    })),
    fieldsByNumber: [...message.fieldsByNumber].map(([number, field]) => [number, field.name]),
    fieldsByName: [...message.fieldsByName].map(([name, field]) => [name, field.name]),
    ...(detail === "all" && {
      extensions: [...message.extensions].map(([number, field]) => [number, field.fullName]),
    }),
  };
}

function describeField(field: FieldType, detail: DescriptionDetail): Description {
  return {
    ...describeElement(field, detail),
    number: field.number,
    jsonName: field.jsonName,
    type: describeType(field.type),
    cardinality: describeCardinality(field.cardinality),
    oneof: field.oneof?.name ?? null,
    verifyUtf8: field.verifyUtf8,
    defaultValue: field.defaultValue,
    parent: field.parent.fullName,
    extension: field.extension,
  };
}

function describeEnum(type: EnumType, detail: DescriptionDetail): Description {
  return {
    ...describeElement(type, detail),
    file: type.file.name,
    closed: type.closed,
    values: type.values.map((value) => ({ ...describeElement(value, detail), number: value.number })),
    valuesByNumber: [...type.valuesByNumber].map(([number, value]) => [number, value.name]),
    valuesByName: [...type.valuesByName].map(([name, value]) => [name, value.number]),
  };
}

function describeService(service: ServiceType, detail: DescriptionDetail): Description {
  return {
    ...describeElement(service, detail),
    file: service.file.name,
    methods: service.methods.map((method) => describeMethod(method, detail)),
  };
}

function describeMethod(method: MethodType, detail: DescriptionDetail): Description {
  return {
    ...describeElement(method, detail),
    service: method.service.fullName,
    input: method.input.fullName,
    output: method.output.fullName,
    clientStreaming: method.clientStreaming,
    serverStreaming: method.serverStreaming,
    path: method.path,
  };
}

interface Described {
  readonly name: string;
  readonly fullName: string;
  readonly options: Options;
  readonly comments: Comments;
  readonly place: Place;
}

function describeElement(element: Described, detail: DescriptionDetail): { readonly [name: string]: Description } {
  const { name, fullName, options, comments, place } = element;
  if (detail === "definition") return { name, fullName, options };
  return { name, fullName, options, comments: describeComments(comments), place: { ...place } };
}

function describeComments(comments: Comments): Description {
  return { leading: comments.leading, trailing: comments.trailing, detached: comments.detached };
}

function describeType(type: ValueType): string {
  switch (type.kind) {
    case "scalar":
      return type.scalar;
    case "enum":
      return `enum ${type.enum.fullName}`;
    case "message":
      return `${type.delimited ? "delimited message" : "message"} ${type.message.fullName}`;
    default:
      return type satisfies never;
  }
}

function describeCardinality(cardinality: Cardinality): string {
  switch (cardinality.kind) {
    case "singular":
      return cardinality.presence;
    case "repeated":
      return cardinality.packed ? "repeated packed" : "repeated";
    case "map":
      return `map by ${cardinality.key}`;
    default:
      return cardinality satisfies never;
  }
}

/** The first place where two descriptions differ, as a path with both values, or null if they are the same. */
export function firstDifference(a: Description, b: Description, path = "$"): string | null {
  if (Object.is(a, b)) return null;
  if (
    typeof a !== "object" ||
    typeof b !== "object" ||
    a === null ||
    b === null ||
    Array.isArray(a) !== Array.isArray(b)
  ) {
    return `${path}: ${JSON.stringify(a)} or ${JSON.stringify(b)}`;
  }
  const left = new Map(Object.entries(a));
  const right = new Map(Object.entries(b));
  for (const key of new Set([...left.keys(), ...right.keys()])) {
    const inside = Array.isArray(a) ? `${path}[${key}]` : `${path}.${key}`;
    const x = left.get(key);
    const y = right.get(key);
    if (x === undefined || y === undefined) return `${inside}: ${JSON.stringify(x)} or ${JSON.stringify(y)}`;
    const difference = firstDifference(x, y, inside);
    if (difference !== null) return difference;
  }
  return null;
}
