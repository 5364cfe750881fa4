import { describe, expect, test } from "vitest";
import { knobs } from "../../../lib/plot/index.js";
import { hostile } from "../../hostile.js";
import { errors, factsOf, open, turn } from "./page.js";

describe("the frame of knobs", () => {
  const draw = ({ n, word }: { n: number; word: string }, words: readonly string[], width: number) => ({
    width,
    height: 120,
    markup: `<svg width="${width}" height="120" viewBox="0 0 ${width} 120"><circle cx="60" cy="60" r="${n}"/></svg>`,
    description: `${word}, ${n}, ${words.length}`,
    facts: { n, word, words },
  });
  const of = (words: readonly string[], label = "circle") =>
    knobs(draw, {
      label,
      controls: {
        n: { label: words[0], stops: [1, 10, 50], start: 10 },
        word: { label: "word", choices: words, start: words[0] },
      },
      data: words,
    });

  test("keeps hostile words: as labels, choices and data they do nothing and come out as they went in", async () => {
    const own = [...new Set(hostile)].filter((text) => text !== "");
    const page = await open("");
    for (const text of own) {
      await page.setContent(`<!doctype html><body>${of([text, "b"], text).html()}<p id="after">after</p>`);
      const { words, word } = (await factsOf(page)) as { words: string[]; word: string };
      expect(words).toEqual([text, "b"]);
      expect(word).toBe(text);
      expect(await page.locator("#after").textContent()).toBe("after");
      expect(await page.evaluate(() => "ran" in globalThis)).toBe(false);
      expect(await page.locator(".twinformer-live svg").count()).toBe(1);
      expect(errors, text).toEqual([]);
    }
    await page.close();
  });

  test("runs in each of several outputs, put in as text with its scripts made anew, as notebooks do it", async () => {
    const page = await open(`<div id="a"></div><div id="b"></div>`);
    // JupyterLab: each script anew at its place. VS Code: a copy at the end of the output, which is taken away again.
    await page.evaluate(
      ([a, b]) => {
        const put = (id: string, html: string, where: "place" | "end") => {
          const output = document.getElementById(id)!;
          output.innerHTML = html;
          for (const old of Array.from(output.querySelectorAll("script"))) {
            const script = document.createElement("script");
            script.type = old.type;
            script.text = old.textContent;
            if (where === "place") old.replaceWith(script);
            else output.appendChild(script).remove();
          }
        };
        put("a", a, "place");
        put("b", b, "end");
      },
      [of(["x", "y"]).html(), of(["z"]).html()],
    );
    expect(await page.locator("#a [role=group]").count()).toBe(1);
    expect(await page.locator("#b [role=group]").count()).toBe(1);
    await page.locator("#a select").selectOption("y");
    await expect.poll(() => page.locator("#a .twinformer-live [role=img]").getAttribute("aria-label")).toBe("y, 10, 2");
    expect(await page.locator("#b .twinformer-live [role=img]").getAttribute("aria-label")).toBe("z, 10, 1");
    expect(errors).toEqual([]);
    await page.close();
  });

  test("draws anew for the width that there is", async () => {
    const page = await open(of(["x"]).html(), { width: 500 });
    expect(await page.locator(".twinformer-live svg").getAttribute("width")).toBe("484");
    await page.setViewportSize({ width: 360, height: 600 });
    await expect.poll(() => page.locator(".twinformer-live svg").getAttribute("width")).toBe("344");
    await page.close();
  });

  test("says what went wrong in a function that throws, and goes on", async () => {
    const brittle = ({ n }: { n: number }) => {
      if (n > 2) throw new Error("n is too large");
      return { width: 50, height: 50, markup: '<svg width="50" height="50"></svg>', description: `n ${n}`, facts: n };
    };
    const controls = { n: { label: "size", min: 0, max: 5, step: 1, start: 0 } };
    const page = await open(knobs(brittle, { label: "n", controls, data: null }).html());
    await turn(page, "size", 4);
    await expect.poll(() => page.locator(".twinformer-live").textContent()).toBe("n is too large");
    await turn(page, "size", 1);
    await expect.poll(() => page.getByRole("img").getAttribute("aria-label")).toBe("n 1");
    await page.close();
  });

  test("leaves the still picture where the script fails at once", async () => {
    const script = "() => { throw new Error('no such function') }";
    const controls = { n: { label: "size", min: 0, max: 5, step: 1, start: 0 } };
    const still = ({ n }: { n: number }) => ({
      width: 50,
      height: 50,
      markup: '<svg width="50" height="50"></svg>',
      description: `n ${n}`,
      facts: n,
    });
    const page = await open(knobs(still, { label: "n", controls, data: null, script }).html());
    expect(errors).toEqual(["no such function"]);
    expect(await page.locator(".twinformer-still").isVisible()).toBe(true);
    expect(await page.locator("[role=group]").count()).toBe(0);
    await page.close();
  });
});
