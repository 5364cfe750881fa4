/** What an executed notebook holds: its claims, and the form it was executed in. */

import { readFileSync } from "node:fs";
import path from "node:path";
import { project } from "../../launcher/clone.js";
import type { Claim } from "./claims.js";

interface Executed {
  readonly metadata: { readonly twinformer?: { readonly form?: string; readonly failed?: boolean } };
  readonly cells: readonly {
    readonly outputs?: readonly { readonly data?: Readonly<Record<string, string | readonly string[]>> }[];
  }[];
}

const letters: Readonly<Record<string, string>> = { quot: '"', "#39": "'", lt: "<", gt: ">", amp: "&" };
const decoded = (text: string): string => text.replace(/&(quot|#39|lt|gt|amp);/g, (_, name: string) => letters[name]);

export function inNode(name: string, folder = path.join(project, "build/notebooks")) {
  const { cells, metadata } = JSON.parse(readFileSync(path.join(folder, `${name}.ipynb`), "utf8")) as Executed;
  const outputs = cells.flatMap(({ outputs = [] }) => outputs.map(({ data }) => data?.["text/html"] ?? ""));
  const html = outputs.map((text) => (typeof text === "string" ? text : text.join(""))).join("\n");
  const found = html.matchAll(/data-claim="([^"]*)" data-verdict="([^"]*)" data-values="([^"]*)"/g);
  const claims = [...found].map(([, id, verdict, values]): Claim => ({
    id,
    verdict,
    values: JSON.parse(decoded(values)) as unknown,
  }));
  return { form: metadata.twinformer?.form ?? "", claims };
}
