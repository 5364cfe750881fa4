import { realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";

/** Gives an existing file another text as a whole or not at all: a full disk, or an end half-way, leaves what was there. */
export function replaceFile(file, text) {
  const target = realpathSync(file);
  const beside = `${target}.${process.pid}.tmp`;
  try {
    writeFileSync(beside, text, { mode: statSync(target).mode, flush: true });
    renameSync(beside, target);
  } finally {
    rmSync(beside, { force: true });
  }
}
