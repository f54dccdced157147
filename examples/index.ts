/**
 * examples: the sample services that the demo, the documentation and the tests call.
 *
 *   proto/portico/examples/v1 ── proto-loader ──> grpc-js Server <── services over stores in memory
 *
 *   users/ orders/ uploads/ chat/ monitoring/ echo/   one service each: the store, the service, its types
 *   server/                                           what they share: handlers, errors with details, pages, filters, reflection
 *
 * They are a gRPC server like any other and know nothing of the gateway. Nothing is kept when they end.
 */
export { type SampleServices, type SampleServicesOptions, startSampleServices } from "./start-sample-services.js";
