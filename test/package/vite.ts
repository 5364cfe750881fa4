import { mkdirSync, readdirSync } from "node:fs";
import path from "node:path";
import { expect } from "vitest";
import { inProject, project, tools, write } from "./project.js";

/** Builds a site of these files with Vite, which must have nothing to remark; gives the folder that it is in. */
export async function viteBuild(name: string, files: Readonly<Record<string, string>>): Promise<string> {
  const folder = path.join(project, name);
  mkdirSync(folder, { recursive: true });
  for (const [file, text] of Object.entries(files)) write(`${name}/${file}`, text);
  const input = readdirSync(folder).filter((file) => file.endsWith(".html"));
  // The whole package in one script is larger than Vite likes.
  const build = {
    chunkSizeWarningLimit: 1000,
    rolldownOptions: { input: input.map((file) => path.join(folder, file)) },
  };
  write(`${name}/vite.config.js`, `export default ${JSON.stringify({ build })};`);
  const said = await inProject(process.execPath, [path.join(tools, "vite/bin/vite.js"), "build", name]);
  expect(said).not.toMatch(/externalized|unresolved|could not|\[plugin/i);
  return path.join(folder, "dist");
}

/** A page with one script. */
export const pageOf = (script: string): string =>
  `<!doctype html><meta charset="utf-8"><title>page</title><body><script type="module" src="./${script}"></script>`;
