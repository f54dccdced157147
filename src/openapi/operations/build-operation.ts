import type { Binding } from "../../rules/index.js";
import { type Notes, notesOfMethod } from "../annotations/index.js";
import { commentText, splitSummary } from "../comment-text.js";
import type { OpenPath } from "../paths/open-path.js";
import { pathParameters } from "../paths/path-parameters.js";
import { asObject } from "../read-json.js";
import { filled, type JsonObject, object } from "../types.js";
import { type DownloadForm, downloadMembers } from "./download-responses.js";
import type { ErrorResponses } from "./error-responses.js";
import type { OperationNames } from "./operation-names.js";
import { queryParameters } from "./query-parameters.js";
import { requestBody } from "./request-body.js";
import { isRawReply, type SuccessContext, successResponse } from "./success-response.js";
import { withToldBody, withToldParameters, withToldResponses } from "./told-members.js";

/** What all operations of a document share. */
export interface OperationContext extends SuccessContext {
  readonly names: OperationNames;
  readonly errors: ErrorResponses;
  /** Whether multipart/form-data is read. */
  readonly forms: boolean;
  readonly downloads: DownloadForm;
  /** References to parameters that every operation has. */
  readonly parameters: readonly JsonObject[];
  /** The header of clients that connect again; none where the stream does not go on from it. */
  readonly lastEventId: (binding: Binding) => readonly JsonObject[];
}

/** The operation of a binding on its path. `suffix` tells operations apart that one binding has (any method). */
export function buildOperation(
  binding: Binding,
  path: OpenPath,
  suffix: string,
  context: OperationContext,
): JsonObject {
  const { rpc } = binding;
  const { schemas, names, errors } = context;
  const { summary, description } = splitSummary(commentText(rpc.comments));
  const body = requestBody(binding, schemas, context.forms);
  const told = notesOfMethod(rpc);
  const download = downloadMembers(binding, context.downloads);
  const parameters = [
    ...pathParameters(binding, path, schemas),
    ...queryParameters(binding, schemas),
    ...download.parameters,
    ...context.lastEventId(binding),
  ];
  const responses = { "200": successResponse(binding, context), ...download.responses, ...errors.of(body !== null) };
  const isRawBody = "*/*" in asObject(body?.["content"]);
  return object({
    tags: [names.tag(rpc.service)],
    summary: filled(summary),
    description: filled([description, streamNote(binding)].filter((part) => part !== "").join("\n\n")),
    operationId: `${names.operationId(binding)}${suffix}`,
    parameters: filled([...withToldParameters(parameters, told), ...context.parameters]),
    requestBody: body === null ? undefined : withToldBody(body, told, isRawBody),
    responses: withToldResponses(responses, told, errors.components, isRawReply(binding)),
    deprecated: isDeprecated(binding) ? true : undefined,
    ...plainNotes(told),
    "x-google-path-template": binding.pattern,
    "x-grpc-method": rpc.path.slice(1),
  });
}

/** What is laid over an operation as it is. */
function plainNotes(told: Notes): JsonObject {
  const {
    parameters: _1,
    requestBody: _2,
    responses: _3,
    consumes: _4,
    produces: _5,
    operationId: _6,
    ...plain
  } = told;
  return plain;
}

function isDeprecated({ rpc }: Binding): boolean {
  return [rpc.options, rpc.service.options, rpc.service.file.options].some((options) => options["deprecated"] === true);
}

/** What a stream asks of a client that OpenAPI cannot say. */
function streamNote(binding: Binding): string {
  const { clientStreaming, serverStreaming } = binding.rpc;
  if (serverStreaming && !isRawReply(binding)) {
    return "Answers with a stream: `Accept` chooses between a JSON array, a message a line, and server-sent events.";
  }
  return clientStreaming && !serverStreaming ? "Takes a stream of messages and answers once it ends." : "";
}
