import { refuse } from "./status-error.js";

/** How a value is compared. `:` is "contains" for text and lists. */
export type Operator = "=" | "!=" | "<" | "<=" | ">" | ">=" | ":";

/** One comparison of a filter. */
export interface Comparison {
  /** The path of a field in proto names: "labels.team". */
  readonly field: string;
  readonly operator: Operator;
  readonly value: string;
}

/** A token: a word, a quoted text or an operator; `column` is 1-based. */
type Token =
  | { readonly kind: "word"; readonly text: string; readonly column: number }
  | { readonly kind: "text"; readonly text: string; readonly column: number }
  | { readonly kind: "operator"; readonly text: Operator; readonly column: number };

/**
 * Reads the small part of AIP-160 that the samples speak: comparisons joined by AND.
 *
 *   filter     = comparison { "AND" comparison }
 *   comparison = word operator ( word | text )
 *
 * @throws StatusError INVALID_ARGUMENT with the column of the first fault
 */
export function parseFilter(filter: string): readonly Comparison[] {
  const tokens = [...scan(filter)];
  const comparisons: Comparison[] = [];
  let i = 0;
  while (i < tokens.length) {
    const [field, operator, value] = [tokens[i], tokens[i + 1], tokens[i + 2]];
    if (field?.kind !== "word") fail(field?.column ?? filter.length + 1, "expected a field");
    else if (operator?.kind !== "operator")
      fail(operator?.column ?? filter.length + 1, "expected one of = != < <= > >= :");
    else if (value === undefined || value.kind === "operator")
      fail(value?.column ?? filter.length + 1, "expected a value");
    else comparisons.push({ field: field.text, operator: operator.text, value: value.text });
    i += 3;
    const and = tokens[i];
    if (and === undefined) break;
    if (and.kind !== "word" || and.text !== "AND") fail(and.column, "expected AND");
    i += 1;
    if (i === tokens.length) fail(filter.length + 1, "expected a comparison after AND");
  }
  return comparisons;
}

function* scan(filter: string): Generator<Token> {
  const pattern = /\s+|(?<operator>!=|<=|>=|[=<>:])|"(?<text>(?:[^"\\]|\\.)*)"|(?<word>[^\s"=<>:!]+)/suy;
  while (pattern.lastIndex < filter.length) {
    const column = pattern.lastIndex + 1;
    const groups = pattern.exec(filter)?.groups;
    if (groups === undefined) return fail(column, `cannot read ${JSON.stringify(filter[column - 1])}`);
    const { operator, text, word } = groups;
    if (operator !== undefined) yield { kind: "operator", text: operator as Operator, column };
    else if (text !== undefined) yield { kind: "text", text: text.replace(/\\(.)/gsu, "$1"), column };
    else if (word !== undefined) yield { kind: "word", text: word, column };
  }
}

function fail(column: number, description: string): void {
  refuse([{ field: "filter", description: `column ${column}: ${description}` }]);
}

/**
 * Whether a number or text stands to `value` as the operator says.
 * @throws StatusError INVALID_ARGUMENT if a number is compared with something else
 */
export function compare(actual: number | string, { field, operator, value }: Comparison): boolean {
  if (typeof actual === "string") {
    if (operator === ":") return actual.toLowerCase().includes(value.toLowerCase());
    return holds(actual < value ? -1 : actual > value ? 1 : 0, operator);
  }
  const number = Number(value);
  if (value.trim() === "" || Number.isNaN(number)) {
    refuse([{ field: "filter", description: `${field} is a number, ${JSON.stringify(value)} is not` }]);
  }
  return holds(actual - number, operator);
}

function holds(order: number, operator: Operator): boolean {
  switch (operator) {
    case "=":
    case ":":
      return order === 0;
    case "!=":
      return order !== 0;
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
    case ">":
      return order > 0;
    case ">=":
      return order >= 0;
  }
}
