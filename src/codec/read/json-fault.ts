/** What stopped a reader of JSON, with the byte offset where it stands. explainFault makes a GatewayError of it. */
export class JsonFault extends Error {
  override readonly name = "JsonFault";
  readonly kind: "syntax" | "value" | "unknown" | "deep";
  readonly at: number;
  /** What is read: "field pkg.Message.name" or "message pkg.Message"; "" for syntax. */
  readonly subject: string;

  constructor(kind: JsonFault["kind"], at: number, subject: string, text: string) {
    super(text);
    this.kind = kind;
    this.at = at;
    this.subject = subject;
  }
}
