/** Exact integers in JSON, however large: JSON.stringify knows no bigint. */
export function exactJson(value: unknown): string {
  // Every bigint becomes a text that nothing else can be, and then loses its quotes.
  const marked = JSON.stringify(
    value,
    (_, inner: unknown) => (typeof inner === "bigint" ? `\u0000${inner}` : inner),
    2,
  );
  return marked.replace(/"\\u0000(\d+)"/g, "$1");
}
