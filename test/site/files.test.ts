import { describe, expect, it } from "vitest";
import { Files } from "../../site/worker/files.js";
import { nodeShim } from "../../site/worker/node.js";

const root = "https://school.example/course/";
const bytes = (text: string) => new TextEncoder().encode(text);
/** A site with two files below assets/. */
function site() {
  const asked: string[] = [];
  const there: Record<string, string> = {
    "assets/labs/a.json": "[1]",
    "assets/models/moe/config.json": "{}",
    "notebooks/00.ipynb": "nb",
  };
  there["assets/files.json"] = JSON.stringify({ "labs/a.json": 3, "models/moe/config.json": 2 });
  const files = new Files(root, (address) => {
    asked.push(address);
    const text = there[address.slice(root.length)];
    return text === undefined ? null : bytes(text);
  });
  return { files, asked, node: nodeShim(files, { A: "1" }) };
}
type Fs = typeof import("node:fs");
const fsOf = ({ node }: ReturnType<typeof site>) => node.builtIn("node:fs") as Fs;

describe("files of a page", () => {
  it("of the site are read by the paths that notebooks have in a clone, and once", () => {
    const own = site();
    const fs = fsOf(own);
    expect(fs.readFileSync("../assets/labs/a.json", "utf8")).toBe("[1]");
    expect(fs.readFileSync(new URL("assets/labs/a.json", root), "utf8")).toBe("[1]");
    expect(fs.readFileSync("./00.ipynb", "utf8")).toBe("nb");
    expect(own.asked).toEqual([`${root}assets/labs/a.json`, `${root}notebooks/00.ipynb`]);
  });

  it("are written to memory alone, and can be read, moved, listed and removed", () => {
    const own = site();
    const fs = fsOf(own);
    const folder = fs.mkdtempSync("/tmp/mine-");
    fs.writeFileSync(`${folder}/a.txt`, "é");
    fs.writeFileSync(`${folder}/deep/b.bin`, Uint8Array.of(1, 2));
    expect(fs.readdirSync(folder)).toEqual(["a.txt", "deep"]);
    expect(fs.statSync(`${folder}/a.txt`).size).toBe(2);
    expect(fs.statSync(folder).isDirectory()).toBe(true);
    const moved = `${folder}-moved`;
    fs.renameSync(folder, moved);
    expect(fs.existsSync(folder)).toBe(false);
    expect(fs.readFileSync(`${moved}/a.txt`, "utf8")).toBe("é");
    fs.rmSync(moved, { recursive: true });
    expect(() => fs.readFileSync(`${moved}/a.txt`)).toThrow("ENOENT");
    expect(own.asked.filter((address) => !address.endsWith("files.json"))).toEqual([]);
  });

  it("give what they hold, and not themselves: a caller may write into what it read", () => {
    const fs = fsOf(site());
    fs.writeFileSync("/tmp/a", Uint8Array.of(1, 2, 3));
    fs.readFileSync("/tmp/a")[0] = 9;
    expect([...fs.readFileSync("/tmp/a")]).toEqual([1, 2, 3]);
  });

  it("of the site can be listed by folder, and read in pieces as promises", async () => {
    const own = site();
    const fs = fsOf(own).promises;
    expect(await fs.readdir("../assets/models/moe")).toEqual(["config.json"]);
    expect((await fs.stat("../assets/models")).isDirectory()).toBe(true);
    const handle = await fs.open("../assets/models/moe/config.json");
    const into = new Uint8Array(4);
    expect((await handle.read(into, 1, 2, 0)).bytesRead).toBe(2);
    expect([...into]).toEqual([0, 123, 125, 0]);
    await expect(fs.readFile("../assets/none.txt")).rejects.toThrow("ENOENT: no such file or directory, open '/assets/none.txt'"); // prettier-ignore
    await expect(fs.stat("nothing")).rejects.toThrow("ENOENT");
  });

  it("are nothing outside the site", () => {
    const own = site();
    expect(() => fsOf(own).readFileSync("../../../../etc/passwd")).toThrow("open '/etc/passwd'");
    expect(own.asked).toEqual([`${root}etc/passwd`]);
  });
});

describe("Node's part of a page", () => {
  it("has the environment that was given, and hands the stop button on", () => {
    const { node } = site();
    const process = node.process as NodeJS.Process;
    expect(process.env.A).toBe("1");
    let pressed = 0;
    const press = () => {
      pressed++;
    };
    expect(node.interrupt()).toBe(false);
    process.on("SIGINT", press);
    expect(process.rawListeners("SIGINT")).toEqual([press]);
    expect(node.interrupt()).toBe(true);
    process.removeListener("SIGINT", press);
    expect(node.interrupt()).toBe(false);
    expect(pressed).toBe(1);
  });

  it("joins paths as Node does", () => {
    const path = site().node.builtIn("path") as typeof import("node:path");
    expect(path.join("/tmp/a-000001", "b", "../c")).toBe("/tmp/a-000001/c");
    expect(path.join("a", "", "..", "..", "b")).toBe("../b");
    expect([path.dirname("/a/b.txt"), path.dirname("b"), path.basename("/a/b.txt", ".txt"), path.extname("a/b.tar.gz")]).toEqual(["/a", ".", "b", ".gz"]); // prettier-ignore
  });
});
