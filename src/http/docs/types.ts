/** A document as plain data; what is in it is its writer's business. */
export interface PlainDocument {
  readonly [member: string]: unknown;
}

/** Which text of a document is wanted. */
export interface TextRequest {
  /** One of `Documents.parts`; null for all that is served. */
  readonly part: string | null;
  readonly version: "3.1" | "3.0";
  readonly format: "json" | "yaml";
}

/** The OpenAPI documents of what is served at one time. What is served later has others, by which caches tell. */
export interface Documents {
  /** The services, in the order of the document. */
  readonly services: readonly DocumentedService[];
  /** What has a document of its own: services by their full names, packages as `shop.v1.*`; none where that would be all. */
  readonly parts: readonly string[];
  /** OpenAPI 3.1 of all that is served, or of a part. */
  document(part: string | null): PlainDocument;
  print(request: TextRequest): string | Promise<string>;
}

export interface DocumentedService {
  readonly fullName: string;
  /** The tag that its operations have. */
  readonly tag: string;
}

/** How an upstream is. Its address is nobody's business here. */
export interface UpstreamHealth {
  readonly name: string;
  readonly state: "idle" | "connecting" | "ready" | "failing" | "not serving" | "closed";
}

export interface DocsOptions {
  /** Asked once a request; a promise of them where they take a while to make. */
  readonly documents: () => Documents | Promise<Documents>;
  /** Where the document is served, as JSON and, with .yaml in the place of .json, as YAML; null for nowhere. */
  readonly path: string | null;
  /** Where the page to try it from is served; null for nowhere. */
  readonly ui: string | null;
  /** Where the page to start from is served; null for nowhere. */
  readonly home: string | null;
  /** The upstream of a service, by its full name; null for none. Asked once a request. */
  readonly healthOf: (service: string) => UpstreamHealth | null;
}
