/** What is made of something that may change: once, when it is first asked for, and again where that is another by then. */
export function madeOf<S extends object, T>(current: () => S, make: (from: S) => T): () => T {
  let made: { readonly from: S; readonly value: T } | null = null;
  return () => {
    const from = current();
    if (made?.from !== from) made = { from, value: make(from) };
    return made.value;
  };
}
