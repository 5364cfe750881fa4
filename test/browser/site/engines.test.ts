/** In the other browsers: two pages, of which one counts and one trains, and a run of the playground. `npm run site:matrix` takes all pages. */

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { differences } from "./claims.js";
import { type Engine, engines } from "./engines/index.js";
import { runToEnd } from "./engines/notebook.js";
import { type Hosted, hosted } from "./hosted.js";
import { inNode } from "./inNode.js";
import { PLAYGROUND, rowsOf, SMALL } from "./play.js";

const isCI = process.env.CI === "true";

/** A run with a change on the way, and its steps. */
const RUN = `#${SMALL}&b=none&at=10&ch=5_b_switch_bs_0.1`;
const STEPS = Array.from({ length: 10 }, (_, i) => i + 1);
/** Nats. The kernels are the same bytes of WebAssembly everywhere; exp, log and cos of JavaScript may differ in their last digit, and ten steps
 *  make little of that: one of float32 near 4 is 5e-7. */
const TOLERANCE = 1e-5;

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

  test("a link to the playground shows the run that Chromium shows", async () => {
    const { open: openChromium } = engines().chromium;
    const chromium = await openChromium!();
    const losses: number[][] = [];
    for (const one of [chromium, engine!]) {
      const page = await one.open(site.at(PLAYGROUND) + RUN);
      for (let isThere = false; !isThere;) isThere = await page.run(isAtLast, STEPS.length);
      const rows = await page.run(rowsOf, STEPS);
      losses.push(rows.flatMap(({ dense, moe }) => [dense.loss, moe.loss]));
      await page.close();
    }
    await chromium.close();
    const [wanted, found] = losses;
    expect(found).toHaveLength(2 * STEPS.length);
    expect(Math.max(...found.map((loss, i) => Math.abs(loss - wanted[i])))).toBeLessThanOrEqual(TOLERANCE);
  });
});

/** Runs in the page: whether the run of a link has come to its end, after a while. */
async function isAtLast(step: number): Promise<boolean> {
  await new Promise((done) => setTimeout(done, 100));
  const said = (selector: string): string => document.querySelector(selector)?.textContent ?? "";
  if (said(".play-problem") !== "") throw new Error(said(".play-problem"));
  return said("#play-step") === `step ${step}` && said(".play-state") === "paused";
}
