import { quoteValue } from "../../core/index.js";

/** The environment: process.env, or what a test puts in its place. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** One `${…}` in the text of a configuration. */
export interface Reference {
  readonly offset: number;
  readonly raw: string;
}

/** A text whose references are covered, so that YAML reads them as plain characters; see coverReferences. */
export interface CoveredText {
  readonly text: string;
  readonly references: readonly Reference[];
  /** Finds each cover in the text of a scalar, in the order of the references. */
  readonly cover: RegExp;
}

/**
 * Puts private-use characters in the place of every `${NAME}`, `${NAME:-default}` and `$${…}`: as many as it has, so
 * that lines and columns stay true. `{` and `}` would end a plain scalar inside `{ … }` (YAML 1.2, 7.3.3), and a value
 * that is put in only after parsing can never become structure.
 */
export function coverReferences(text: string): CoveredText {
  const [head, tail] = unusedCharacters(text);
  const references: Reference[] = [];
  const covered = text.replace(/\$?\$\{(?:[^}\n]*\})?/g, (raw, offset: number) => {
    references.push({ offset, raw });
    return head + tail.repeat(raw.length - 1);
  });
  return { text: covered, references, cover: new RegExp(`${head}${tail}+`, "g") };
}

/** Two neighbours of the Unicode private use area (U+E000 to U+F8FF) that the text does not have. */
function unusedCharacters(text: string): readonly [string, string] {
  for (let code = 0xe000; code < 0xf8ff; code += 2) {
    const pair = [String.fromCharCode(code), String.fromCharCode(code + 1)] as const;
    if (!text.includes(pair[0]) && !text.includes(pair[1])) return pair;
  }
  throw new Error("the text uses the whole Unicode private use area");
}

/** What a reference stands for: a text, or the sentence that says what is wrong with it. */
export type Replacement =
  | { readonly kind: "text"; readonly text: string; readonly variable: string | null }
  | { readonly kind: "fault"; readonly message: string };

/** Looks a reference up. As in a shell, `:-` gives the default also where the variable is set but empty. */
export function replaceReference(reference: Reference, environment: Environment): Replacement {
  const { raw } = reference;
  if (raw.startsWith("$$")) return { kind: "text", text: raw.slice(1), variable: null };
  const match = /^\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?\}$/.exec(raw);
  if (match === null) {
    const written = `\${NAME} or \${NAME:-default}; a literal "\${" is written "$\${"`;
    return { kind: "fault", message: `cannot read the reference ${quoteValue(raw)}: expected ${written}` };
  }
  const [, variable = "", byDefault] = match;
  const value = Object.hasOwn(environment, variable) ? environment[variable] : undefined;
  if (byDefault !== undefined && (value === undefined || value === ""))
    return { kind: "text", text: byDefault, variable };
  if (value !== undefined) return { kind: "text", text: value, variable };
  const remedy = `set it, or give a default as in \${${variable}:-value}`;
  return { kind: "fault", message: `environment variable ${variable} is not set: ${remedy}` };
}
