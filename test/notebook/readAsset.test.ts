import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { readAsset } from "../../lib/notebook/index.js";

const project = path.resolve(import.meta.dirname, "../..");

describe("readAsset", () => {
  afterEach(() => vi.unstubAllGlobals());

  it("reads a file of assets/", async () => {
    const file = path.join(project, "assets/labs/twins.json");
    expect(await readAsset("labs/twins.json")).toBe(readFileSync(file, "utf8"));
  });

  it("asks for the file beside the page, in a page", async () => {
    const asked: string[] = [];
    vi.stubGlobal("location", { href: "https://a.example/course/04-routing.html" });
    vi.stubGlobal("process", undefined);
    vi.stubGlobal("fetch", (place: URL) => {
      asked.push(place.href);
      return Promise.resolve(new Response("of the page", { status: place.href.endsWith("no.json") ? 404 : 200 }));
    });
    expect(await readAsset("labs/twins.json")).toBe("of the page");
    expect(asked).toEqual(["https://a.example/course/assets/labs/twins.json"]);
    await expect(readAsset("labs/no.json")).rejects.toThrow(
      /^readAsset: https:\/\/a\.example\/course\/assets\/labs\/no\.json was answered by 404; the folder assets\/ of the project has it/,
    );
  });

  it.each([["labs/no.json", /^readAsset: there is no .*assets\/labs\/no\.json; the folder assets\//]])(
    "%j: says what is not there",
    async (wrong, says) => expect(readAsset(wrong)).rejects.toThrow(says),
  );

  it.each(["../package.json", "labs/../../package.json", "/etc/hostname", "", 7])(
    "%j: takes nothing from elsewhere",
    async (wrong) =>
      expect(readAsset(wrong as string)).rejects.toThrow(/^readAsset: the path must be one below assets/),
  );
});

it("notebooks read what comes with the project by readAsset, so that they run in a page", () => {
  const folder = path.join(project, "notebooks");
  const others = readdirSync(folder).filter(
    (name) =>
      name.endsWith(".ipynb") &&
      /readFileSync\([`"'\\]+\.\.\/assets/.test(readFileSync(path.join(folder, name), "utf8")),
  );
  expect(others).toEqual([]);
});
