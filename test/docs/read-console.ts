/** One command of a `console` block and what it prints. */
export interface Console {
  readonly command: string;
  readonly output: string;
}

/** The commands of all `console` blocks of a Markdown text, in their order. */
export function readConsoles(markdown: string): Console[] {
  const consoles: Console[] = [];
  for (const [, block = ""] of markdown.matchAll(/^```console\n([\s\S]*?)^```$/gm)) {
    for (const part of block.split(/^\$ /m).slice(1)) {
      const [command = "", ...lines] = part.split("\n");
      consoles.push({ command, output: lines.join("\n").trimEnd() });
    }
  }
  return consoles;
}

/**
 * A curl command as a fetch. It knows the options that the documents use and throws for any other: -s and -N change
 * nothing here, -X, -H, -d and --data-binary do what they do in curl (-d with curl's form type, POST unless -X says
 * otherwise).
 */
export function readCurl(command: string): { readonly url: string; readonly init: RequestInit } {
  const words = shellWords(command).slice(1);
  const headers = new Headers();
  let url = "";
  let method: string | null = null;
  let body: string | null = null;
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? "";
    switch (word) {
      case "-s":
      case "-N":
        break;
      case "-X":
        method = words[++i] ?? "";
        break;
      case "-H": {
        const [name = "", ...value] = (words[++i] ?? "").split(":");
        headers.set(name, value.join(":").trim());
        break;
      }
      case "-d":
      case "--data-binary":
        body = words[++i] ?? "";
        break;
      default:
        if (word.startsWith("-")) throw new Error(`curl's option ${word} is not known here`);
        url = word;
    }
  }
  if (body !== null && !headers.has("content-type")) headers.set("content-type", "application/x-www-form-urlencoded");
  return { url, init: { method: method ?? (body === null ? "GET" : "POST"), headers, body } };
}

/** The words of a command line: plain, or in single quotes. */
function shellWords(command: string): string[] {
  return [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");
}
