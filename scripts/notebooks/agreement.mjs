// Do the pictures of an executed notebook agree with its numbers?
import { readFileSync } from "node:fs";

const joined = (lines = "") => (Array.isArray(lines) ? lines.join("") : lines);
const named = { quot: '"', "#39": "'", lt: "<", gt: ">", amp: "&" };
const decoded = (attribute) => JSON.parse(attribute.replace(/&(quot|#39|lt|gt|amp);/g, (_, name) => named[name]));

/** What an executed notebook shows: the facts of its figures by kind, in order, and the values of its claims by id. */
function shown(file) {
  const { cells } = JSON.parse(readFileSync(file, "utf8"));
  const html = cells.flatMap(({ outputs = [] }) => outputs.map(({ data }) => joined(data?.["text/html"]))).join("\n");
  const figures = {};
  for (const [, kind, facts] of html.matchAll(/data-figure="([^"]*)" data-facts="([^"]*)"/g))
    (figures[kind] ??= []).push(decoded(facts));
  const claims = {};
  for (const [, id, values] of html.matchAll(/data-claim="([^"]*)"[^>]*? data-values="([^"]*)"/g))
    claims[id] = decoded(values);
  return { figures, claims };
}

/** Facts that are one record, a list of them, or records by name: all of them. */
const records = (facts) =>
  facts === null || typeof facts !== "object"
    ? []
    : [facts, ...Object.values(facts).flatMap((inner) => records(inner))];

/** One sentence for each disagreement. What holds in every notebook: a layer executes a row for each expert of a token, each
 *  token of a picture has equally many experts, no expert has a number that the picture has no place for, and no list of a claim
 *  is empty. What a variant `shows`: { figures: { kind: { experts: 32 } }, claims: { B2: { expertsPerToken: 1 } } }; of figures of
 *  one kind the first is asked, of its records those that have such a field.
 *  @param {string} file an executed notebook  @param {{ figures?: object, claims?: object }} shows  @returns {string[]} */
export function disagreements(file, shows = {}) {
  const { figures, claims } = shown(file);
  const problems = [];
  const expect = (where, name, value, wanted) => {
    if (JSON.stringify(value) !== JSON.stringify(wanted))
      problems.push(`${where} has ${name} ${JSON.stringify(value)}, not ${JSON.stringify(wanted)}`);
  };
  for (const [id, values] of Object.entries(claims)) {
    const { tokens, expertsPerToken, rowsExecuted } = values;
    if (rowsExecuted)
      for (const rows of rowsExecuted) expect(`claim ${id}`, "rowsExecuted", rows, tokens * expertsPerToken);
    for (const [name, value] of Object.entries(values))
      if (Array.isArray(value) && value.length === 0) problems.push(`claim ${id} has nothing in ${name}`);
  }
  for (const [kind, all] of Object.entries(figures)) {
    for (const record of all.flatMap(records)) {
      const { experts, tokens, choices, used = 0, favorites = {} } = record;
      if (choices !== undefined && choices % tokens !== 0)
        problems.push(`figure ${kind} has ${choices} choices of ${tokens} tokens`);
      for (const expert of [used - 1, ...Object.values(favorites)])
        if (experts !== undefined && expert >= experts)
          problems.push(`figure ${kind} has expert ${expert} of ${experts}`);
    }
  }
  for (const [kind, facts] of Object.entries(shows.figures ?? {})) {
    for (const [name, wanted] of Object.entries(facts)) {
      const values = records(figures[kind]?.[0]).filter((record) => name in record);
      if (values.length === 0) problems.push(`figure ${kind} has no ${name}`);
      for (const record of values) expect(`figure ${kind}`, name, record[name], wanted);
    }
  }
  for (const [id, values] of Object.entries(shows.claims ?? {}))
    for (const [name, wanted] of Object.entries(values)) expect(`claim ${id}`, name, claims[id]?.[name], wanted);
  return problems;
}
