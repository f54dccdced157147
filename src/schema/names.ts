/** The JSON name that a field has unless json_name says otherwise (protoc's ToJsonName): `foo_bar` is `fooBar`. */
export function jsonNameOf(name: string): string {
  if (!name.includes("_")) return name;
  let result = "";
  let capital = false;
  for (const c of name) {
    if (c === "_") capital = true;
    else {
      result += capital && c >= "a" && c <= "z" ? c.toUpperCase() : c;
      capital = false;
    }
  }
  return result;
}

/** The name of the entry message of a map field (protoc's MapEntryName): `foo_bar` has `FooBarEntry`. */
export function mapEntryName(field: string): string {
  let result = "";
  let capital = true;
  for (const c of field) {
    if (c === "_") capital = true;
    else {
      result += capital && c >= "a" && c <= "z" ? c.toUpperCase() : c;
      capital = false;
    }
  }
  return `${result}Entry`;
}

/** Whether a text is an identifier of the language. */
export function isIdentifier(text: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(text);
}
