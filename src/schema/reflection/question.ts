import { unreachable } from "../../core/index.js";

/** What a server is asked; see grpc/reflection/v1/reflection.proto, ServerReflectionRequest. */
export type Question =
  | { readonly kind: "services" }
  | { readonly kind: "fileOfSymbol"; readonly symbol: string }
  | { readonly kind: "fileByName"; readonly name: string };

/** The bytes of a ServerReflectionRequest: one field of its oneof, and no host, which servers do not look at. */
export function encodeQuestion(question: Question): Buffer {
  switch (question.kind) {
    case "fileByName":
      return textField(3, question.name);
    case "fileOfSymbol":
      return textField(4, question.symbol);
    case "services":
      // Its content counts for nothing; "*" is what is usually sent.
      return textField(7, "*");
    default:
      return unreachable(question);
  }
}

function textField(number: number, text: string): Buffer {
  const bytes = Buffer.from(text);
  const head = [(number << 3) | 2];
  let length = bytes.length;
  for (; length > 0x7f; length >>>= 7) head.push((length & 0x7f) | 0x80);
  return Buffer.concat([Buffer.from([...head, length]), bytes]);
}
