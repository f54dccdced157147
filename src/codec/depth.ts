/** Nesting that input and output may have, counted in messages (and in brackets of JSON that is skipped). */
export const DEPTH = 100;
