/** Two pages in the other browsers: one that counts, one that trains. `npm run site:matrix` takes all pages. */

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { differences } from "./claims.js";
import { type Engine, engines } from "./engines/index.js";
import { runToEnd } from "./engines/notebook.js";
import { type Hosted, hosted } from "./hosted.js";
import { inNode } from "./inNode.js";

const isCI = process.env.CI === "true";

describe.each(["firefox", "webkit"] as const)("%s", (name) => {
  const { open, packages } = engines()[name];
  if (!open && !isCI) {
    test.skip(`is not installed here, so its pages were not run (Debian: sudo apt install ${packages})`, () => {});
    return;
  }
  let engine: Engine | undefined;
  let site: Hosted;
  beforeAll(async () => {
    if (!open) throw new Error(`${name} is missing: CI installs ${packages}`);
    site = await hosted({ probe: true });
    engine = await open();
  });
  afterAll(async () => {
    await engine?.close();
    site?.close();
  });

  test.each(["05-parameters", "03-twin"])("%s runs to its end with the claims of Node", async (notebook) => {
    const page = await engine!.open(site.at(`${notebook}.html?short&patience=5`));
    const { claims, errors } = await runToEnd(page);
    await page.close();
    expect(errors).toEqual([]);
    const { form, claims: wanted } = inNode(notebook);
    expect(claims.map(({ id }) => id)).toEqual(wanted.map(({ id }) => id));
    // What was executed in full before says other numbers.
    if (form === "short") expect(differences(notebook, wanted, claims)).toEqual([]);
  });
});
