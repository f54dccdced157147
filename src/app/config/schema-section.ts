import { choice, list, optionalSection, scalar, section, texts } from "./fields.js";

export const schemaSection = section("Where the gateway learns of services, messages and HTTP rules.", {
  protos: optionalSection("Protos in source form.", {
    roots: list("path", [], "Folders that imports are looked up in, the first one first."),
    files: texts(
      "The .proto files to serve, as paths or globs such as `proto/**/*.proto`, relative to this file or to a root.",
    ),
  }),
  descriptorSets: list(
    "path",
    [],
    "Files that `buf build -o` or `protoc --descriptor_set_out --include_imports --include_source_info` wrote.",
  ),
  reflection: texts(
    "Names of `upstreams` that are asked for their protos by server reflection (grpc.reflection.v1, then v1alpha). Where such an upstream has no `services`, it serves those that it lists.",
  ),
  reflectionRefresh: scalar(
    "durationOrNone",
    "1m",
    "How often they are asked again; they are also asked whenever a connection to them is new. A schema that has changed is served from the next request on.",
  ),
  reflectionTimeout: scalar("duration", "10s", "How long an upstream may take to tell its schema."),
  rules: list(
    "path",
    [],
    "Rule files (google.api.Service in YAML, with `http.rules`) for protos without annotations. A rule here replaces the annotation of its method.",
  ),
  unboundMethods: choice(
    ["off", "post"],
    "Methods without any rule: `off` leaves them unserved, `post` serves them at `POST /pkg.Service/Method`.",
  ),
});
