import { describe, expect, it } from "vitest";
import {
  account,
  activationBytes,
  bytesForUsers,
  cacheBytes,
  findModel,
  qloraFineTuning,
  reservedCacheBytes,
} from "../../../lib/account/index.js";

const known = (name: string) => account(findModel(name)!.config!);

describe("numbers that are none", () => {
  const llama = known("Llama-2-7B");
  it.each([
    [
      "tokens",
      () => activationBytes(llama, { tokens: -5 }),
      "activationBytes: tokens must be an integer from 0, got -5",
    ],
    [
      "a batch",
      () => activationBytes(llama, { tokens: 1, batch: NaN }),
      "activationBytes: batch must be an integer from 0",
    ],
    [
      "a word",
      () => activationBytes(llama, { tokens: 1, keep: "some" as never }),
      "activationBytes: keep must be one of",
    ],
    [
      "a flag",
      () => activationBytes(llama, { tokens: 1, dropout: 1 as never }),
      "dropout must be true or false, got 1",
    ],
    ["users", () => bytesForUsers(llama, [-3], { rank: 1 }), "bytesForUsers: users must be an integer from 0, got -3"],
    ["a rank", () => bytesForUsers(llama, [1], { rank: 1.5 }), "lora: rank must be an integer from 1, got 1.5"],
    ["a rank", () => qloraFineTuning(llama, { rank: Infinity }), "lora: rank must be an integer from 1, got Infinity"],
    [
      "tokens",
      () => cacheBytes(llama, { tokens: "9" as never }),
      'cacheBytes: tokens must be an integer from 0, got "9"',
    ],
    [
      "a batch",
      () => cacheBytes(llama, { tokens: 1, batch: -1 }),
      "cacheBytes: batch must be an integer from 0, got -1",
    ],
    [
      "tokens",
      () => reservedCacheBytes(llama, { tokens: 1e300 }),
      "reservedCacheBytes: tokens must be an integer from 0",
    ],
  ])("%s: refused in a sentence that names function and value", (_, call, sentence) => {
    expect(call).toThrow(RangeError);
    expect(call).toThrow(sentence);
  });
});
