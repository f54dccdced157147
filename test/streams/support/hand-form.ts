/** A form written by hand. */
export function handForm(...parts: readonly string[]): { type: string; body: Buffer } {
  const text = parts.map((part) => `--BB\r\nContent-Disposition: form-data; ${part}\r\n`).join("");
  return { type: "multipart/form-data; boundary=BB", body: Buffer.from(`${text}--BB--\r\n`) };
}

/** Of the UTF-8 of a text. */
export const base64 = (text: string): string => Buffer.from(text).toString("base64");
