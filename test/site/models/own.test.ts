import { parseHTML } from "linkedom";
import { findModel, models } from "twinformer/account";
import { describe, expect, it } from "vitest";
import { html, Html, linked } from "../../../site/models/html.js";
import { markupOf, modelPage } from "../../../site/models/page.js";
import { checkSize, NoConfig, subjectOf } from "../../../site/models/read.js";

const EVIL = '"><img src=x onerror=alert(1)><script>alert(2)</script><a href="javascript:alert(3)">';
const drawn = (text: string, file = ""): string => {
  const subject = subjectOf(text, file);
  return markupOf(subject, modelPage(subject, ""), 2).text;
};
const problemOf = (text: string): string => {
  try {
    drawn(text);
  } catch (error) {
    expect(error).toBeInstanceOf(NoConfig);
    return (error as Error).message;
  }
  throw new Error(`was taken: ${text.slice(0, 60)}`);
};
const small = {
  model_type: "llama",
  vocab_size: 100,
  hidden_size: 8,
  intermediate_size: 16,
  num_hidden_layers: 2,
  num_attention_heads: 2,
};

/** Nothing in a page that comes from a config may run or load. */
function expectHarmless(markup: string): void {
  const { document } = parseHTML(`<html><body>${markup}</body></html>`);
  expect(document.querySelectorAll("img, iframe, object, embed, form, base, link, meta").length).toBe(0);
  expect(markup).not.toContain("<script>alert");
  for (const element of document.querySelectorAll("*"))
    for (const { name, value } of element.attributes) {
      expect(name.startsWith("on"), `${element.tagName} ${name}`).toBe(false);
      if (name === "href") expect(value).toMatch(/^(#|https:|[\w./-]+\.html)/);
      if (name === "src") throw new Error(`${element.tagName} loads ${value}`);
    }
}

describe("a config that is dropped", () => {
  it("of every model of the table is taken", () => {
    for (const { name, config } of models.filter((model) => model.config !== null).slice(0, 60))
      expect(subjectOf(JSON.stringify(config)).counted!.total, name).toBeGreaterThan(0n);
  });

  it("is called by its own name, else by its file, else by its type", () => {
    expect(subjectOf(JSON.stringify({ ...small, _name_or_path: "me/mine" }), "x.json").name).toBe("me/mine");
    expect(subjectOf(JSON.stringify(small), "mine.json").name).toBe("mine");
    expect(subjectOf(JSON.stringify(small), "config.json").name).toBe("llama");
    expect(subjectOf(JSON.stringify({ ...small, _name_or_path: `a\n${"b".repeat(500)}` })).name.length).toBeLessThan(
      70,
    );
  });

  it("puts no element into the page by what it is called or holds", () => {
    expectHarmless(drawn(JSON.stringify({ ...small, _name_or_path: EVIL })));
    expectHarmless(drawn(JSON.stringify(small), `${EVIL}.json`));
    expectHarmless(drawn(JSON.stringify({ ...small, [EVIL]: 7, architectures: [EVIL], torch_dtype: EVIL })));
    expectHarmless(
      drawn(JSON.stringify({ ...small, quantization_config: { quant_method: EVIL, modules_to_not_convert: [EVIL] } })),
    );
    expectHarmless(drawn(JSON.stringify({ ...findModel("Mixtral-8x7B")!.config, _name_or_path: EVIL })));
    expectHarmless(drawn(`{"__proto__": {"x": 1}, "constructor": 1, ${JSON.stringify(small).slice(1)}`));
    // A type that is not known is counted by its fields, and said to be.
    const guessed = drawn(JSON.stringify({ ...small, model_type: EVIL, rms_norm_eps: 1e-6, hidden_act: "silu" }));
    expectHarmless(guessed);
  });

  it("that is none gets one sentence", () => {
    expect(problemOf("")).toContain("It is empty");
    expect(problemOf("   \n")).toContain("It is empty");
    expect(problemOf("hello")).toContain("not JSON");
    expect(problemOf('{"a": 1')).toContain("not JSON");
    expect(problemOf("[".repeat(200_000))).toContain("not JSON");
    for (const text of ["[]", "null", "3", '"x"']) expect(problemOf(text)).toContain("no config");
    expect(problemOf(" ".repeat(10) + `{"x": "${"y".repeat(1_100_000)}"}`)).toContain("MB");
    expect(() => checkSize(50e6)).toThrow("It has 50.0 MB");
  });

  it.each([
    {},
    { model_type: "never-heard-of" },
    { model_type: EVIL },
    { model_type: 7, hidden_size: "many" },
    { ...small, hidden_size: -3 },
    { ...small, num_hidden_layers: "<b>" },
    { ...small, hidden_size: { a: 1 } },
  ])("that cannot be counted is refused in a sentence: %j", (config) => {
    const said = problemOf(JSON.stringify(config));
    expect(said).toMatch(/^It cannot be counted: .+\.$/s);
    expect(said).not.toContain("\n");
    expect(said.length).toBeLessThan(700);
  });

  it.each([
    { ...small, hidden_size: 1e15, vocab_size: 1e15 },
    { ...small, num_hidden_layers: 1e9 },
    { ...findModel("Mixtral-8x7B")!.config, num_local_experts: 1e6 },
    { ...findModel("Mixtral-8x7B")!.config, num_local_experts: 1, num_experts_per_tok: 1 },
    { ...small, max_position_embeddings: 1 },
    { ...small, vocab_size: 1, hidden_size: 2, intermediate_size: 1 },
  ])("of strange sizes is drawn or refused, and soon: %j", (config) => {
    const since = performance.now();
    try {
      expectHarmless(drawn(JSON.stringify(config)));
    } catch (error) {
      expect(error).toBeInstanceOf(Error);
      expect((error as Error).name).not.toBe("AssertionError");
    }
    expect(performance.now() - since).toBeLessThan(20_000);
  });
});

it("a template escapes all but markup", () => {
  expect(html`<p title="${EVIL}">${EVIL}${new Html("<b>x</b>")}${[html`${1n}`, html`${2}`]}</p>`.text).not.toMatch(
    /<img|<script|" ?onerror/,
  );
  expect(linked(`see https://a.example/x, and huggingface.co/a/b "${EVIL}`).text).toBe(
    `see <a href="https://a.example/x" rel="noreferrer">https://a.example/x</a>, and <a href="https://huggingface.co/a/b" rel="noreferrer">huggingface.co/a/b</a> ${html`"${EVIL}`.text.replace(/^"/, "&#34;")}`,
  );
});
