/**
 * The map of the linear memory that TypeScript and the Rust kernels share. All addresses count bytes.
 *
 * ```text
 *    0 KiB   stack of the main thread (the linker puts it first, so that an overflow traps)
 *   64 KiB   stacks of up to three workers
 *  112 KiB   their mailboxes, see threads/threads.ts
 *  184 KiB   constants of loops, see kernels/src/math/constants.rs
 *  192 KiB   scratch space: packed panels and scores, a part for each thread
 * 3008 KiB   boundaries of the groups (experts) of a grouped product
 *    3 MiB   tensors, see allocator.ts
 *    4 GiB   the end of what 32-bit addresses reach
 * ```
 */
const KIB = 1024;

/** WebAssembly's unit of memory. */
export const PAGE = 64 * KIB;
/** 4 GiB. */
export const MAX_PAGES = 65_536;

const WORKERS = 3;
/** Each worker's stack; it grows downwards from the end. */
export const stackEnd = (worker: number): number => 64 * KIB + (worker + 1) * 16 * KIB;

const MAILBOXES = 112 * KIB;
/** Bytes of a mailbox, its head of int32 numbers among them. */
const MAILBOX = 24 * KIB;
export const MAILBOX_HEAD = 16;
/** float64 numbers that fit into a mailbox behind its head. */
export const MAILBOX_NUMBERS = (MAILBOX - MAILBOX_HEAD) / 8;
export const mailbox = (worker: number): number => MAILBOXES + worker * MAILBOX;

/** Where constants go. */
export const CONSTANTS_ADDRESS = 184 * KIB;
export const SCRATCH_ADDRESS = 192 * KIB;
/** Where tensors begin. */
export const RESERVED_BYTES = 3 * 1024 * KIB;
/** Where group boundaries go, 4 bytes each. */
export const STARTS_ADDRESS = RESERVED_BYTES - 64 * KIB;

if (mailbox(WORKERS) > CONSTANTS_ADDRESS) throw new Error("internal error: the mailboxes reach into the constants");
