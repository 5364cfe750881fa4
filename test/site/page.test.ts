import { beforeEach, describe, expect, it, vi } from "vitest";
import { createEmptyCard, fsrs, Rating } from "ts-fsrs";
import { plainName, readingCode } from "../../site/own/open.js";
import { Edits } from "../../site/page/edits.js";
import { policy, scriptHashes } from "../../scripts/site/policy.mjs";

/** A browser's storage, as far as it is used. */
class Store {
  readonly kept = new Map<string, string>();
  room = Infinity;
  getItem = (key: string) => this.kept.get(key) ?? null;
  setItem = (key: string, value: string) => {
    if (value.length > this.room) throw new Error("full");
    this.kept.set(key, value);
  };
  removeItem = (key: string) => void this.kept.delete(key);
}
beforeEach(() => void vi.stubGlobal("location", { pathname: "/some/course/05.html" }));

describe("edits", () => {
  it("outlive the page, each with the author's cell that it was made from", () => {
    const store = new Store();
    new Edits("05", store).set("a", "mine", "theirs");
    expect(new Edits("05", store).get("a")).toEqual({ source: "mine", from: "theirs" });
    expect(new Edits("06", store).get("a")).toBeNull();
    new Edits("05", store).set("a", "theirs", "theirs");
    expect(store.kept.size).toBe(0);
  });

  it("are none where the storage is full, forbidden or holds something else", () => {
    const store = new Store();
    store.room = 10;
    const edits = new Edits("05", store);
    edits.set("a", "mine", "theirs");
    expect(edits.get("a")?.source).toBe("mine"); // for as long as the page is open
    expect(store.kept.size).toBe(0);
    expect(new Edits("05", null).count).toBe(0);
    for (const junk of [
      "no JSON",
      "null",
      "[1]",
      '{"a":{"source":1,"from":"x"}}',
      '{"__proto__":{"source":"x","from":"y"}}',
    ]) {
      store.kept.set("twinformer:edits:/some/course/05", junk);
      expect(new Edits("05", store).get("a"), junk).toBeNull();
      expect(new Edits("05", store).get("toString"), junk).toBeNull();
    }
  });
});

describe("files of the reader", () => {
  it("have plain names", () => {
    expect(plainName("../../etc/pass\u0000wd")).toBe("passwd");
    expect(plainName("C:\\texts\\mein text.txt")).toBe("mein text.txt");
    expect(plainName("")).toBe("file");
    expect(plainName("a".repeat(500))).toHaveLength(120);
  });

  it("come with the code that reads them, their names as strings", () => {
    expect(readingCode("config.json")).toContain('account(JSON.parse(readFileSync("config.json", "utf8")))');
    expect(readingCode("wandb.csv")).toContain("readLog");
    expect(readingCode("my.txt")).toContain('fromText("my.txt")');
    expect(readingCode('"); alert(1); ("')).toContain('fromText("\\"); alert(1); (\\"")');
  });
});

describe("cards", () => {
  it("that are due come first, the longest overdue before the others; new ones in their order", async () => {
    vi.stubGlobal("document", { querySelector: () => null });
    const { cardOf, dueFirst } = await import("../../site/reading/cards.js");
    const now = new Date("2026-03-01");
    const day = (n: number) => new Date(now.getTime() + n * 864e5);
    const reviewed = (when: Date) => ({ card: JSON.parse(JSON.stringify(fsrs().next(createEmptyCard(when), when, Rating.Good).card)) as unknown }); // prettier-ignore
    const questions = ["a", "b", "c", "d"].map((id) => ({ id }));
    const memory = { b: reviewed(day(-10)), c: reviewed(day(-30)), d: reviewed(now) };
    const { due, fresh } = dueFirst(questions, memory, now);
    expect(due.map(({ id }) => id)).toEqual(["c", "b"]);
    expect(fresh.map(({ id }) => id)).toEqual(["a"]);
    expect(dueFirst(questions, { a: { card: "junk" } }, now).due.map(({ id }) => id)).toEqual(["a"]);
    expect(cardOf({ card: { due: "never" } }, now).reps).toBe(0);
  });
});

describe("the policy of a page", () => {
  it("knows the scripts that stand in it, and no other", () => {
    const html = '<script>a()</script><script type="application/json">{}</script><script src="site.js"></script>';
    const hashes = scriptHashes(html);
    expect(hashes).toHaveLength(1);
    expect(policy(hashes)).toContain(`script-src 'self' ${hashes[0]};`);
    expect(policy(hashes)).toMatch(/^default-src 'self';/);
    expect(policy(hashes)).not.toMatch(/unsafe-eval|script-src[^;]*unsafe-inline/);
  });
});
