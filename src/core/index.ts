/**
 * core: the words that every room shares. It imports nothing, so that every room may import it.
 *
 *   code      gRPC status codes, their names and the HTTP status each one becomes
 *   catalogue every error that the gateway itself makes: id, code, HTTP status, meaning, remedy
 *   error     GatewayError, what every refusal and failure becomes on its way to a reply
 *   fault     what is wrong with configuration, protos or rules: collected at start, reported together
 *   lent-buffers large buffers for messages and bodies on their way, used again
 *   made-of   what is made of something that may change
 *   metadata  gRPC metadata as a flat list of wire strings
 *   status    RpcStatus, how a call ended
 *   steps     long work that may wait in between, so that requests are served while it is done
 *   text      clipping and quoting of foreign values in messages; nearest known name
 *
 * What it does not do: no I/O, no logging, no knowledge of protobuf, HTTP servers or configuration.
 */
export { type CatalogueEntry, catalogue, type ErrorId } from "./catalogue.js";
export { Code, codeNames, httpStatusOf, isCode } from "./code.js";
export { type FieldViolation, GatewayError } from "./error.js";
export { type Fault, FaultsError, printFault } from "./fault.js";
export { giveBack, lendBuffer } from "./lent-buffers.js";
export { madeOf } from "./made-of.js";
export { binaryValue, isBinaryName, type Metadata, metadataValue } from "./metadata.js";
export { OK_STATUS, type RpcStatus } from "./status.js";
export { finish, finishInTurns, inSteps, type Steps } from "./steps.js";
export { clip, nearest, quoteValue } from "./text.js";
export { unreachable } from "./unreachable.js";
