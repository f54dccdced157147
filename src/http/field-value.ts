/** RFC 9110, 5.5: what a field value may hold. Anything else would make node:http throw. */
const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Whether node:http takes a text as the value of a header. */
export function isFieldValue(value: string): boolean {
  return FIELD_VALUE.test(value);
}
