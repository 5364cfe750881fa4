import * as text from "./modules.generated.js";

/** The bytes of a build that the package carries. The packed files for Node have base64 in place of this module
 *  (scripts/setup/bundle.mjs). */
export function moduleBytes(name: "relaxed" | "simd"): Uint8Array<ArrayBuffer> {
  const { first, characters, common } = text;
  const others = Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => !common.includes(byte));
  const table = Uint8Array.of(...common, ...others);
  const codes = new TextEncoder().encode(text[name]);
  let length = 0; // bytes take the place of what was read
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i] - first;
    const more = code - common.length;
    codes[length++] = table[more < 0 ? code : common.length + more * characters + codes[++i] - first];
  }
  return codes.slice(0, length);
}
