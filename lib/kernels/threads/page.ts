/** What bundles for pages have in place of node.ts and threads.ts ("browser" in package.json): a page computes on one thread. */
import { checkThreads } from "./check.js";
import type * as node from "./node.js";
import type * as threads from "./threads.js";

export const mostThreads: typeof node.mostThreads = () => 1;
export const withSharedMemory: typeof node.withSharedMemory = (bytes) => bytes;
export const newPool: typeof threads.newPool = () => undefined;
export const threadCount: typeof threads.threadCount = mostThreads;
export const piecesByThread: typeof threads.piecesByThread = () => [];
export const useThreads: typeof threads.useThreads = (count) => checkThreads(count, 1);
