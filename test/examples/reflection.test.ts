import { createRegistry, fromBinary, toJson } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import { describe, expect, it } from "vitest";
import { bufCurl } from "../support/buf-curl.js";
import { useSampleServices } from "../support/use-sample-services.js";

const services = useSampleServices();

const sampleServices = ["Chat", "Echo", "Monitoring", "Order", "Upload", "User"].map(
  (name) => `portico.examples.v1.${name}Service`,
);

interface ReflectionResponse {
  readonly fileDescriptorResponse?: { readonly fileDescriptorProto: readonly string[] };
  readonly allExtensionNumbersResponse?: object;
  readonly errorResponse?: object;
}

describe.each(["v1", "v1alpha"])("server reflection %s", (version) => {
  const only = ["--reflect-protocol", `grpc-${version}`];
  const ask = async (question: object): Promise<ReflectionResponse> => {
    const path = `grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`;
    return JSON.parse(
      await bufCurl(services.address, path, ...only, "-d", JSON.stringify(question)),
    ) as ReflectionResponse;
  };

  it("lists every service", async () => {
    const listed = (await bufCurl(services.address, "", ...only, "--list-services")).trim().split("\n");
    expect(listed).toEqual([
      "grpc.health.v1.Health",
      "grpc.reflection.v1.ServerReflection",
      "grpc.reflection.v1alpha.ServerReflection",
      ...sampleServices,
    ]);
  });

  it("describes methods well enough to call them", async () => {
    const get = ["-d", '{"name": "users/alan"}'];
    const user = await bufCurl(services.address, "portico.examples.v1.UserService/GetUser", ...only, ...get);
    expect(JSON.parse(user)).toMatchObject({ displayName: "Alan Turing" });
    const health = await bufCurl(services.address, "grpc.health.v1.Health/Check", ...only, "-d", "{}");
    expect(JSON.parse(health)).toEqual({ status: "SERVING" });
  });

  it("keeps the google.api.http rules", async () => {
    const answer = await ask({ fileContainingSymbol: "portico.examples.v1.UserService.ArchiveUser" });
    const [first = ""] = answer.fileDescriptorResponse?.fileDescriptorProto ?? [];
    const file = fromBinary(FileDescriptorProtoSchema, Buffer.from(first, "base64"));
    expect(file.name).toBe("portico/examples/v1/users.proto");
    const registry = createRegistry(...services.oracle.registry);
    const archive = file.service[0]?.method.find((method) => method.name === "ArchiveUser");
    const known = services.oracle.registry.getService("portico.examples.v1.UserService")?.method["archiveUser"]?.proto;
    expect(archive?.options?.$unknown).toEqual(known?.options?.$unknown);
    expect(toJson(FileDescriptorProtoSchema, file, { registry })).toMatchObject({
      service: [
        {
          method: expect.arrayContaining([
            expect.objectContaining({
              name: "ArchiveUser",
              options: { "[google.api.http]": { post: "/v1/{name=users/*}:archive", body: "*" } },
            }),
          ]),
        },
      ],
    });
  });

  it("gives a file with all that it imports, each once", async () => {
    const answer = await ask({ fileByFilename: "portico/examples/v1/chat.proto" });
    const names = answer.fileDescriptorResponse?.fileDescriptorProto.map(
      (bytes) => fromBinary(FileDescriptorProtoSchema, Buffer.from(bytes, "base64")).name,
    );
    expect(names).toEqual([
      "portico/examples/v1/chat.proto",
      "google/api/annotations.proto",
      "google/api/field_behavior.proto",
      "google/protobuf/timestamp.proto",
      "google/api/http.proto",
      "google/protobuf/descriptor.proto",
    ]);
  });

  it("knows extensions", async () => {
    const containingType = "google.protobuf.MethodOptions";
    const answer = await ask({ fileContainingExtension: { containingType, extensionNumber: 72295728 } });
    const [first = ""] = answer.fileDescriptorResponse?.fileDescriptorProto ?? [];
    expect(fromBinary(FileDescriptorProtoSchema, Buffer.from(first, "base64")).name).toBe(
      "google/api/annotations.proto",
    );
    expect(await ask({ allExtensionNumbersOfType: containingType })).toMatchObject({
      allExtensionNumbersResponse: { baseTypeName: containingType, extensionNumber: [72295728] },
    });
  });

  it.each([
    { fileByFilename: "none.proto" },
    { fileContainingSymbol: "portico.examples.v1.None" },
    { fileContainingExtension: { containingType: "google.protobuf.MethodOptions", extensionNumber: 1 } },
    { allExtensionNumbersOfType: "portico.examples.v1.None" },
  ])("answers %j with an error and stays there", async (question) => {
    expect(await ask(question)).toMatchObject({
      originalRequest: question,
      errorResponse: { errorCode: 5, errorMessage: "there is no such thing here" },
    });
  });
});
