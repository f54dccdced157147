/** More links than this are a loop or of no use. */
const MAX_LINKS = 8;

/** The messages of an error and of its causes, outermost first: `no answer: connect ECONNREFUSED 127.0.0.1:50051`. */
export function causeText(cause: unknown): string | null {
  const messages: string[] = [];
  let link = cause;
  while (link !== undefined && link !== null && messages.length < MAX_LINKS) {
    messages.push(link instanceof Error ? link.message : String(link));
    link = link instanceof Error ? link.cause : undefined;
  }
  return messages.length === 0 ? null : messages.join(": ");
}
