// The answer to each "Predict" of a notebook, out of what its cells printed when it was executed.
const joined = (lines) => (Array.isArray(lines) ? lines.join("") : (lines ?? ""));
const unescaped = (text) =>
  text
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");

/** What a notebook asks before it shows: { cell, asks }, in order.
 *  @param {{ cells: { id: string, cell_type: string, source: string | string[] }[] }} notebook */
export function predictions({ cells }) {
  return cells
    .filter(({ cell_type: type }) => type === "markdown")
    .flatMap(({ id, source }) => {
      const from = joined(source).search(/\*\*Predict\b/);
      if (from < 0) return [];
      const asks = joined(source).slice(from).split("\n\n")[0].replace(/\s+/g, " ").trim();
      return [{ cell: id, asks: asks.replace(/^\*\*Predict(:?)\*\*:? */, "").replace(/^[,:] */, "") }];
    });
}

const GUESS = /[;,]?\s*\(?you wrote:?\b[^()\n]*(?:\([^)]*\))?[^()\n]*\)?[.,]?/g;
const MOST = 9; // lines of one answer

/** The lines that a cell printed, without what the reader had guessed. */
function printed(cell) {
  const text = (cell.outputs ?? []).map((output) => (output.name === "stdout" ? joined(output.text) : "")).join("");
  return text
    .split("\n")
    .map((line) => line.replace(GUESS, "").trimEnd())
    .filter((line) => /\S/.test(line.replace(/^[-\s{}]*$/, "")));
}

const words = (html) =>
  unescaped(html.replace(/<style[\s\S]*?<\/style>/g, " ").replace(/<[^>]*>/g, " "))
    .replace(/\s+/g, " ")
    .trim();
const value = (x) =>
  typeof x === "number"
    ? Number.isInteger(x)
      ? x.toLocaleString("en")
      : String(Number(x.toPrecision(4)))
    : Array.isArray(x)
      ? x.map(value).join(", ")
      : String(x);

/** What the tables, the charts and the badge of a claim say that a cell shows. */
function shown(cell) {
  const outputs = (cell.outputs ?? []).map((output) => joined(output.data?.["text/html"]));
  const html = outputs.join("\n");
  const tables = [...html.matchAll(/data-figure="table" data-facts="([^"]*)"/g)].flatMap(([, facts]) =>
    JSON.parse(unescaped(facts)).map((row) =>
      Object.entries(row)
        .map(([name, x]) => `${name} ${value(x)}`)
        .join(" · "),
    ),
  );
  const figures = [...html.matchAll(/data-figure="(?!table)[\w-]+"[^>]*>[\s\S]*?aria-label="([^"]*)"/g)];
  const badges = outputs.filter((output) => output.includes("data-claim="));
  return [...tables, ...figures.map(([, said]) => unescaped(said)), ...badges.map(words)];
}

/** Each prediction of an executed notebook with the lines that answer it: those printed beside the guess; where a notebook asks for
 *  none, all that is printed, then what is shown, until the next question. `where` names the cells instead, by the question's cell.
 *  @param {object} notebook executed  @param {Record<string, string[]>} where */
export function answersOf(notebook, where = {}) {
  const asked = predictions(notebook);
  const isAsked = new Set(asked.map(({ cell }) => cell));
  return asked.map(({ cell: id, asks }) => {
    const from = notebook.cells.findIndex((cell) => cell.id === id);
    const after = notebook.cells.slice(from + 1);
    const end = after.findIndex((cell) => isAsked.has(cell.id));
    const until = after.slice(0, end < 0 ? after.length : end).filter((cell) => cell.cell_type === "code");
    const named = where[id] && notebook.cells.filter((cell) => where[id].includes(cell.id));
    const beside = until.filter((cell) => /you wrote/.test(JSON.stringify(cell.outputs ?? [])));
    const cells = named ?? (beside.length > 0 ? beside : until.slice(0, 4));
    const lines = cells.flatMap(printed);
    // What is named is shown with its tables; what is not, only where nothing was printed.
    const more = named ? cells.flatMap(shown) : lines.length > 0 ? [] : until.flatMap(shown);
    return { cell: id, asks, lines: [...lines, ...more].slice(0, MOST) };
  });
}
