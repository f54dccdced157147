import { type Binding, parseTemplate } from "../../../src/rules/index.js";
import type { FileType, MessageType, MethodType, ServiceType } from "../../../src/schema/index.js";

const NO_COMMENTS = { leading: "", trailing: "", detached: [] };

/** What a matcher looks at of a binding: its template, its method. The RPC is a name, and no field is bound. */
export function bindingOf(httpMethod: string, pattern: string, rpcName = "Get", line = 1): Binding {
  const template = parseTemplate(pattern);
  const rpc = methodNamed(rpcName, line);
  return {
    rpc,
    index: 0,
    httpMethod,
    pattern,
    template,
    variables: template.variables.map((variable) => ({ ...variable, path: [] })),
    body: { kind: "none" },
    responseBody: null,
    origin: { kind: "annotation", place: rpc.place },
  };
}

function methodNamed(name: string, line: number): MethodType {
  const place = { file: "test/v1/test.proto", line, column: 3 };
  const file: FileType = {
    name: "test/v1/test.proto",
    package: "test.v1",
    syntax: "proto3",
    edition: "",
    imports: [],
    options: {},
    syntaxComments: NO_COMMENTS,
    packageComments: NO_COMMENTS,
  };
  const element = { options: {}, comments: NO_COMMENTS, place };
  const message: MessageType = {
    ...element,
    name: "Empty",
    fullName: "test.v1.Empty",
    file,
    fields: [],
    fieldsByNumber: new Map(),
    fieldsByName: new Map(),
    oneofs: [],
    extensions: new Map(),
    mapEntry: false,
    messageSet: false,
  };
  const service: ServiceType = { ...element, name: "Test", fullName: "test.v1.Test", file, methods: [] };
  return {
    ...element,
    name,
    fullName: `test.v1.Test.${name}`,
    service,
    input: message,
    output: message,
    clientStreaming: false,
    serverStreaming: false,
    path: `/test.v1.Test/${name}`,
  };
}
