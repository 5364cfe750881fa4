import { assetBytes, assetPlace } from "../data/assets.js";
import { describe } from "../tensor/check.js";

/** A file that comes with this project, as text: rows that a lab recorded, a text, the losses of a trained twin. Notebooks read them by
 *  this, and so run in a page, too.
 *  @param path below assets/, such as "labs/collapse.json"
 *  Throws where there is no such file. */
export async function readAsset(path: string): Promise<string> {
  if (typeof path !== "string" || path === "" || /^[/\\]|\.\./.test(path))
    throw new TypeError(
      `readAsset: the path must be one below assets/, such as "labs/twins.json", got ${describe(path)}`,
    );
  const otherwise = "the folder assets/ of the project has it, the npm package has not";
  return new TextDecoder().decode(await assetBytes("readAsset", assetPlace(path), otherwise));
}
