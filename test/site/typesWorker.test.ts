import { beforeEach, expect, it, vi } from "vitest";
import { typeFiles } from "../../scripts/site/types.mjs";
import { TypesClient } from "../../site/page/types.js";
import type { Ask, Reply } from "../../site/types/messages.js";

/** A worker that does what the test says. */
class FakeWorker {
  static made: FakeWorker[] = [];
  onmessage: ((event: { data: Reply }) => void) | null = null;
  onerror: ((event: { message: string; preventDefault: () => void }) => void) | null = null;
  readonly asked: Ask[] = [];
  isEnded = false;
  constructor(readonly program: string) {
    FakeWorker.made.push(this);
  }
  postMessage(ask: Ask): void {
    this.asked.push(ask);
  }
  terminate(): void {
    this.isEnded = true;
  }
  say(data: Reply): void {
    this.onmessage?.({ data });
  }
}

beforeEach(() => {
  FakeWorker.made = [];
  vi.stubGlobal("Worker", FakeWorker);
  return () => vi.unstubAllGlobals();
});

const place = { before: ["const a = 1;"], source: "a.", position: 2 };

it("the page starts the worker at the first question, and answers are those of their questions", async () => {
  const types = new TypesClient("types.js");
  expect(FakeWorker.made).toHaveLength(0);
  const [hover, red] = [types.hover(place), types.diagnostics(place)];
  const [worker, ...others] = FakeWorker.made;
  expect(others).toEqual([]);
  expect(worker.asked).toMatchObject([
    { question: "hover", ...place },
    { question: "diagnostics", ...place, position: 0 },
  ]);
  worker.say({ type: "answer", id: worker.asked[1].id, answer: [] });
  worker.say({ type: "late", id: worker.asked[0].id });
  worker.say({ type: "late", id: 99 });
  expect(await red).toEqual([]);
  expect(await hover).toBeNull();
  const more = types.completions(place);
  worker.say({ type: "none", id: worker.asked[2].id });
  expect(await more).toBeNull();
});

it("where there is no worker to be had, the page says so once, and every question comes to nothing", async () => {
  const said: string[] = [];
  const types = new TypesClient("types.js", (sentence) => said.push(sentence));
  const asked = types.hover(place);
  FakeWorker.made[0].onerror?.({ message: "", preventDefault: () => {} });
  expect(await asked).toBeNull();
  expect(FakeWorker.made[0].isEnded).toBe(true);
  expect(await types.diagnostics(place)).toBeNull();
  expect(FakeWorker.made).toHaveLength(1);
  expect(said).toEqual([
    "Types cannot be shown here: its script could not be loaded. Cells can be edited and run all the same.",
  ]);

  const other = new TypesClient("types.js", (sentence) => said.push(sentence));
  const lost = other.diagnostics(place);
  FakeWorker.made[1].say({ type: "failed", why: "types.json could not be fetched (404)" });
  expect(await lost).toBeNull();
  expect(said[1]).toContain("types.json could not be fetched (404)");

  vi.stubGlobal("Worker", function () {
    throw new Error("no workers from a disk");
  });
  const third = new TypesClient("types.js", (sentence) => said.push(sentence));
  expect(await third.completions(place)).toBeNull();
  expect(said[2]).toContain("no workers from a disk");
});

it("a closed client ends its worker and starts another when somebody asks again", async () => {
  const types = new TypesClient("types.js");
  const asked = types.hover(place);
  types.close();
  expect(await asked).toBeNull();
  void types.hover(place);
  expect(FakeWorker.made.map(({ isEnded }) => isEnded)).toEqual([true, false]);
});

it("the worker answers the newest question of each kind, and calls the others late", async () => {
  const files = await typeFiles();
  const replies: Reply[] = [];
  let hear: (event: { data: Ask }) => void = () => {};
  vi.stubGlobal("location", { href: "https://example.org/course/types.js" });
  vi.stubGlobal("postMessage", (said: Reply) => replies.push(said));
  vi.stubGlobal("addEventListener", (_: string, listener: typeof hear) => (hear = listener));
  vi.stubGlobal("fetch", (address: URL) => {
    expect(address.href).toBe("https://example.org/course/types.json");
    return Promise.resolve(Response.json(files));
  });
  await import("../../site/types/main.js");
  const before = ["const a = 1;", "const b = a;"];
  const ask = (id: number, question: Ask["question"], source: string): void =>
    hear({ data: { id, question, before, source, position: 1 } });
  ask(1, "diagnostics", "b.length;");
  ask(2, "diagnostics", "b.size;");
  ask(3, "hover", "b;");
  await vi.waitFor(() => expect(replies).toHaveLength(3), 50_000);
  expect(replies).toMatchObject([
    { type: "late", id: 1 },
    { type: "answer", id: 3, answer: { type: "const b: 1" } },
    { type: "answer", id: 2, answer: [{ line: 1, column: 3, text: "Property 'size' does not exist on type '1'." }] },
  ]);
});
