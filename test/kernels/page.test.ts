import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import * as node from "../../lib/kernels/threads/node.js";
import * as page from "../../lib/kernels/threads/page.js";
import * as threads from "../../lib/kernels/threads/threads.js";
import { repository } from "./builds.js";

describe("what bundles for pages have in place of the threads", () => {
  it("has all that other modules import of what it replaces", () => {
    const replaced = Object.keys({ ...node, ...threads }).filter((name) => name !== "ThreadPool"); // of which others know the type
    expect(Object.keys(page).sort()).toEqual(replaced.sort());
  });

  it("replaces modules that exist", () => {
    const { browser } = JSON.parse(readFileSync(path.join(repository, "package.json"), "utf8")) as {
      browser: Record<string, string>;
    };
    const source = (file: string) => file.replace(/^\.\/dist\//, "lib/").replace(/\.js$/, ".ts");
    expect(Object.keys(browser).map(source)).toEqual(["lib/kernels/threads/node.ts", "lib/kernels/threads/threads.ts"]);
    for (const file of Object.entries(browser).flat())
      expect(existsSync(path.join(repository, source(file)))).toBe(true);
  });

  it("is one thread, and says so", () => {
    expect([page.mostThreads(), page.threadCount(), page.piecesByThread()]).toEqual([1, 1, []]);
    expect(page.newPool(null as never, null as never)).toBeUndefined();
    page.useThreads(1);
    expect(() => page.useThreads(2)).toThrow("useThreads: only one thread can be used here (a page");
    expect(() => page.useThreads(0)).toThrow("useThreads: takes an integer from 1 to 4, got 0");
  });
});
