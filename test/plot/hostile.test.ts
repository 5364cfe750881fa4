import { parseHTML } from "linkedom";
import { describe, expect, test } from "vitest";
import { ACTING, hostile } from "../hostile.js";
import { attempt, exported, othersOf, others, outputs, replaced, textsOf, type Shown } from "./outputs.js";
import { ownScripts, scriptsIn } from "./outputs/interactive.js";
import { wellFormed } from "./read.js";

// In Chromium: test/browser/hostile.test.ts.

test("every output of the package is in the table", () => {
  expect(Object.keys(outputs).sort()).toEqual(exported.filter((name) => !others.includes(name)).sort());
});

const own = ownScripts();
const files = (html: string): string[] =>
  [...html.matchAll(/src="data:image\/svg\+xml;base64,([^"]*)"/g)].map(([, data]) =>
    Buffer.from(data, "base64").toString("utf8"),
  );

const FORBIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufffe\uffff]/;

/** What is in an output that the package itself does not write: a script, a handler, an address; or "". */
function harmIn({ html, svg, descriptions }: Shown): string {
  for (const output of html) {
    const { document } = parseHTML(`<!doctype html><html><body>${output}</body></html>`);
    for (const script of scriptsIn(output)) if (!own.has(script)) return script;
    const stranger = document.querySelector(
      "script:not(.twinformer-knobs>script,.twinformer-in-sight>script),iframe,object,embed,link,meta,base,a,foreignObject,details:not(.twinformer-notes)",
    );
    if (stranger) return stranger.outerHTML;
    for (const element of Array.from(document.querySelectorAll("*")))
      for (const { name, value } of Array.from(element.attributes))
        if (
          !/^(?!on)[a-zA-Z][\w:-]*$/.test(name) ||
          (name === "src" && !value.startsWith("data:image/svg+xml;base64,"))
        )
          return `${name}="${value}"`;
    for (const style of Array.from(document.querySelectorAll("style")))
      if (/@import|url\(/.test(style.textContent)) return style.textContent;
    if (FORBIDDEN.test(output)) return `a character that acts in ${output}`;
  }
  const broken = [...svg, ...html.flatMap(files)].map(wellFormed).find((problem) => problem !== "");
  return broken ?? descriptions.find((words) => ACTING.test(words)) ?? "";
}

describe.each(Object.entries(outputs))("%s", (_name, output) => {
  test("shows what it is given", async () => {
    expect(harmIn(await output.show(...(output.args as never[])))).toBe("");
  });

  test("shows a hostile text as words, wherever one may stand", async () => {
    for (const text of hostile) {
      const result = await attempt(output, replaced(output.args, textsOf(output), text));
      expect(result instanceof Error ? result.message : harmIn(result), text).toBe("");
    }
  });

  test("refuses a text where the types say something else, or shows it as words", async () => {
    for (const place of othersOf(output))
      for (const text of hostile.filter((_, i) => i % 7 === 2)) {
        const result = await attempt(output, replaced(output.args, [place], text));
        if (result instanceof Error) {
          expect(result.message).not.toMatch(ACTING);
          expect(result.message.split("\n")).toHaveLength(1);
        } else expect(harmIn(result)).toBe("");
      }
  });
});

test("nothing was left on the prototype of all objects", () => {
  expect(Object.keys(Object.prototype)).toEqual([]);
  expect(({} as Record<string, unknown>).ran).toBeUndefined();
});
