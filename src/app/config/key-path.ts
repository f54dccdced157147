/** A place in the configuration as keys and list indexes from the root. */
export type KeyPath = readonly (string | number)[];

/** RFC 6901, as ajv's instancePath has it; the key under which a Source keeps what it knows of a value. */
export function toPointer(path: KeyPath): string {
  return path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

/** The inverse of toPointer, but that list indexes come back as text. */
export function fromPointer(pointer: string): readonly string[] {
  const parts = pointer.split("/").slice(1);
  return parts.map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** `upstreams.shop.services[1]`; a key that is no plain name stands quoted in brackets. */
export function printKeyPath(path: KeyPath): string {
  let text = "";
  for (const part of path) {
    if (/^\d+$/.test(String(part))) text += `[${part}]`;
    else if (/^[$\w-]+$/.test(String(part))) text += text === "" ? part : `.${part}`;
    else text += `[${JSON.stringify(part)}]`;
  }
  return text;
}
