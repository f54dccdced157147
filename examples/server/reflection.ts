import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Server, UntypedServiceImplementation } from "@grpc/grpc-js";
import { status } from "@grpc/grpc-js";
import { fromJSON, type PackageDefinition } from "@grpc/proto-loader";
import protobuf from "protobufjs";
import { DescriptorIndex } from "./descriptor-index.js";
import { bothWays } from "./handlers.js";
import { serviceOf } from "./load-protos.js";
import { projectRoot } from "./project-root.js";

/*
 * The reflection protocol (https://github.com/grpc/grpc/blob/v1.76.0/doc/server-reflection.md). v1 and v1alpha are the
 * same messages in two packages. Written here because @grpc/reflection makes its descriptors from proto-loader's, which
 * have no custom options, so that a client would not see a single google.api.http rule.
 */
const protocol = (packageName: string): string => `
  syntax = "proto3";
  package ${packageName};
  service ServerReflection {
    rpc ServerReflectionInfo(stream ServerReflectionRequest) returns (stream ServerReflectionResponse);
  }
  message ServerReflectionRequest {
    string host = 1;
    oneof message_request {
      string file_by_filename = 3;
      string file_containing_symbol = 4;
      ExtensionRequest file_containing_extension = 5;
      string all_extension_numbers_of_type = 6;
      string list_services = 7;
    }
  }
  message ExtensionRequest { string containing_type = 1; int32 extension_number = 2; }
  message ServerReflectionResponse {
    string valid_host = 1;
    ServerReflectionRequest original_request = 2;
    oneof message_response {
      FileDescriptorResponse file_descriptor_response = 4;
      ExtensionNumberResponse all_extension_numbers_response = 5;
      ListServiceResponse list_services_response = 6;
      ErrorResponse error_response = 7;
    }
  }
  message FileDescriptorResponse { repeated bytes file_descriptor_proto = 1; }
  message ExtensionNumberResponse { string base_type_name = 1; repeated int32 extension_number = 2; }
  message ListServiceResponse { repeated ServiceResponse service = 1; }
  message ServiceResponse { string name = 1; }
  message ErrorResponse { int32 error_code = 1; string error_message = 2; }
`;

interface ReflectionRequest {
  readonly host: string;
  readonly messageRequest?: string;
  readonly fileByFilename?: string;
  readonly fileContainingSymbol?: string;
  readonly fileContainingExtension?: { readonly containingType: string; readonly extensionNumber: number };
  readonly allExtensionNumbersOfType?: string;
}

/**
 * Adds server reflection, v1 and v1alpha, to a server. What it tells of the samples and of the health service is in
 * proto/examples.binpb: their descriptors with every option, made by `buf build`.
 */
export function addReflection(server: Server): void {
  const index = new DescriptorIndex();
  index.addSet(readFileSync(join(projectRoot(), "proto/examples.binpb")));
  for (const packageName of ["grpc.reflection.v1", "grpc.reflection.v1alpha"]) {
    const definition = loadProtocol(packageName);
    const service = serviceOf(definition, `${packageName}.ServerReflection`);
    for (const method of Object.values(service)) for (const bytes of describedBy(method)) index.addFile(bytes);
    server.addService(service, reflectionService(index));
  }
}

function loadProtocol(packageName: string): PackageDefinition {
  const { root } = protobuf.parse(protocol(packageName), new protobuf.Root());
  return fromJSON(root.toJSON(), { defaults: true, oneofs: true });
}

/** proto-loader keeps the descriptors of a method's types with the method. */
function describedBy(method: object): readonly Buffer[] {
  const { requestType, responseType } = method as {
    requestType?: { fileDescriptorProtos?: readonly Buffer[] };
    responseType?: { fileDescriptorProtos?: readonly Buffer[] };
  };
  return [...(requestType?.fileDescriptorProtos ?? []), ...(responseType?.fileDescriptorProtos ?? [])];
}

function reflectionService(index: DescriptorIndex): UntypedServiceImplementation {
  return {
    ServerReflectionInfo: bothWays(async function* (requests: AsyncIterable<ReflectionRequest>) {
      for await (const request of requests) {
        yield { validHost: request.host, originalRequest: request, ...answer(index, request) };
      }
    }),
  };
}

function answer(index: DescriptorIndex, request: ReflectionRequest): object {
  switch (request.messageRequest) {
    case "listServices":
      return { listServicesResponse: { service: index.services().map((name) => ({ name })) } };
    case "fileByFilename":
      return files(index, request.fileByFilename ?? "");
    case "fileContainingSymbol":
      return files(index, index.fileOfSymbol(request.fileContainingSymbol ?? ""));
    case "fileContainingExtension": {
      const { containingType = "", extensionNumber = 0 } = request.fileContainingExtension ?? {};
      return files(index, index.fileOfExtension(containingType, extensionNumber));
    }
    case "allExtensionNumbersOfType": {
      const baseTypeName = request.allExtensionNumbersOfType ?? "";
      if (index.fileOfSymbol(baseTypeName) === null) return notThere();
      const extensionNumber = index.extensionNumbers(baseTypeName);
      return { allExtensionNumbersResponse: { baseTypeName, extensionNumber } };
    }
    default:
      return { errorResponse: { errorCode: status.INVALID_ARGUMENT, errorMessage: "nothing is asked for" } };
  }
}

function files(index: DescriptorIndex, name: string | null): object {
  const bytes = name === null ? null : index.withImports(name);
  return bytes === null ? notThere() : { fileDescriptorResponse: { fileDescriptorProto: bytes } };
}

function notThere(): object {
  return { errorResponse: { errorCode: status.NOT_FOUND, errorMessage: "there is no such thing here" } };
}
