/**
 * What this machine's WebAssembly can do, found out by validating modules that use one instruction of each proposal.
 * Sources: https://github.com/WebAssembly/simd, https://github.com/WebAssembly/relaxed-simd
 */

/** The builds that exist, best first. */
export const kernelNames = ["relaxed", "simd", "typescript"] as const;
export type KernelName = (typeof kernelNames)[number];

const ZERO_VECTOR = [0x41, 0x00, 0xfd, 0x0f]; // i32.const 0; i8x16.splat
const POPCNT = [0xfd, 0x62]; // i8x16.popcnt: simd128 in its final form
const RELAXED_MADD = [0xfd, 0x85, 0x02]; // f32x4.relaxed_madd

/** The smallest module whose one function, of type () -> v128, has this body. */
function moduleOf(...body: number[][]): Uint8Array<ArrayBuffer> {
  const code = [0x00, ...body.flat(), 0x0b]; // no locals; …; end
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00], // "\0asm", version 1
    ...[0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7b], // type section: one type, () -> v128
    ...[0x03, 0x02, 0x01, 0x00], // function section: one function of type 0
    ...[0x0a, code.length + 2, 0x01, code.length, ...code], // code section
  ]);
}

/** Is this build able to run here? */
export function supports(name: KernelName): boolean {
  if (name === "typescript") return true;
  if (typeof WebAssembly !== "object") return false;
  return name === "simd"
    ? WebAssembly.validate(moduleOf(ZERO_VECTOR, POPCNT))
    : WebAssembly.validate(moduleOf(ZERO_VECTOR, ZERO_VECTOR, ZERO_VECTOR, RELAXED_MADD));
}
