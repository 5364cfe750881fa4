/** A checksum, to find out files that are not what was written. */

/** Remainders of one byte: CRC-32 with the polynomial of zip, png and Python's zlib.crc32. */
const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? 0xedb88320 ^ (rest >>> 1) : rest >>> 1;
  return rest;
});

/** CRC-32 of bytes, given in one or more parts, as eight hexadecimal digits: any change of up to 32 bits in a row changes it, any other
 *  all but one in 2³². */
export function checksum(...parts: readonly Uint8Array[]): string {
  let rest = 0xffffffff;
  for (const bytes of parts)
    for (let i = 0; i < bytes.length; i++) rest = table[(rest ^ bytes[i]) & 255] ^ (rest >>> 8);
  return (~rest >>> 0).toString(16).padStart(8, "0");
}
