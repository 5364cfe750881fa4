/** More dense models, since the middle of 2024. */

import { type Model, onHub } from "./types.js";

const llama = (hidden: number, inner: number, depth: number, heads: number) => ({
  model_type: "llama",
  vocab_size: 128256,
  hidden_size: hidden,
  intermediate_size: inner,
  num_hidden_layers: depth,
  num_attention_heads: heads,
  num_key_value_heads: 8,
});
const mistral = (inner: number) => ({
  model_type: "mistral",
  vocab_size: 131072,
  hidden_size: 5120,
  intermediate_size: inner,
  num_hidden_layers: 40,
  num_attention_heads: 32,
  num_key_value_heads: 8,
  head_dim: 128,
  sliding_window: null,
});
const qwen3 = (hidden: number, inner: number, depth: number, heads: number, tied: boolean) => ({
  model_type: "qwen3",
  vocab_size: 151936,
  hidden_size: hidden,
  intermediate_size: inner,
  num_hidden_layers: depth,
  num_attention_heads: heads,
  num_key_value_heads: 8,
  head_dim: 128,
  tie_word_embeddings: tied,
});
const gemma2 = (hidden: number, inner: number, depth: number, heads: number, head: number) => ({
  model_type: "gemma2",
  vocab_size: 256000,
  hidden_size: hidden,
  intermediate_size: inner,
  num_hidden_layers: depth,
  num_attention_heads: heads,
  num_key_value_heads: heads / 2,
  head_dim: head,
  sliding_window: 4096,
});

export const dense2024: readonly Model[] = [
  onHub(
    "Phi-3-mini",
    "microsoft/Phi-3-mini-4k-instruct",
    {
      model_type: "phi3",
      vocab_size: 32064,
      hidden_size: 3072,
      intermediate_size: 8192,
      num_hidden_layers: 32,
      num_attention_heads: 32,
      num_key_value_heads: 32,
      sliding_window: 2047,
    },
    { total: "3.8B" },
  ),
  onHub("Gemma-2-2B", "google/gemma-2-2b", gemma2(2304, 9216, 26, 8, 256), { total: "2.61B" }),
  onHub("Gemma-2-27B", "google/gemma-2-27b", gemma2(4608, 36864, 46, 32, 128), { total: "27.2B" }),
  onHub("Llama-3.1-8B", "meta-llama/Llama-3.1-8B", llama(4096, 14336, 32, 32), { total: "8B" }),
  onHub("Llama-3.1-70B", "meta-llama/Llama-3.1-70B", llama(8192, 28672, 80, 64), { total: "70B" }),
  onHub("Mistral-Nemo-12B", "mistralai/Mistral-Nemo-Base-2407", mistral(14336), { total: "12B" }),
  onHub(
    "Llama-3.2-1B",
    "meta-llama/Llama-3.2-1B",
    { ...llama(2048, 8192, 16, 32), head_dim: 64, tie_word_embeddings: true },
    { total: "1.23B" },
  ),
  onHub(
    "Llama-3.2-3B",
    "meta-llama/Llama-3.2-3B",
    { ...llama(3072, 8192, 28, 24), head_dim: 128, tie_word_embeddings: true },
    { total: "3.21B" },
  ),
  onHub(
    "Qwen2.5-72B",
    "Qwen/Qwen2.5-72B",
    {
      model_type: "qwen2",
      vocab_size: 152064,
      hidden_size: 8192,
      intermediate_size: 29568,
      num_hidden_layers: 80,
      num_attention_heads: 64,
      num_key_value_heads: 8,
    },
    { total: "72.7B" },
  ),
  onHub("Llama-3.3-70B", "meta-llama/Llama-3.3-70B-Instruct", llama(8192, 28672, 80, 64), { total: "70B" }),
  onHub(
    "Phi-4",
    "microsoft/phi-4",
    {
      model_type: "phi3",
      vocab_size: 100352,
      hidden_size: 5120,
      intermediate_size: 17920,
      num_hidden_layers: 40,
      num_attention_heads: 40,
      num_key_value_heads: 10,
      sliding_window: null,
    },
    { total: "14B" },
    "14.7B, said as 14B",
  ),
  onHub("Mistral-Small-24B", "mistralai/Mistral-Small-24B-Base-2501", mistral(32768), { total: "24B" }),
  onHub("Qwen3-0.6B", "Qwen/Qwen3-0.6B", qwen3(1024, 3072, 28, 16, true), { total: "0.6B" }),
  onHub("Qwen3-1.7B", "Qwen/Qwen3-1.7B", qwen3(2048, 6144, 28, 16, true), { total: "1.7B" }),
  onHub("Qwen3-4B", "Qwen/Qwen3-4B", qwen3(2560, 9728, 36, 32, true), { total: "4.0B" }),
  onHub("Qwen3-8B", "Qwen/Qwen3-8B", qwen3(4096, 12288, 36, 32, false), { total: "8.2B" }),
  onHub("Qwen3-14B", "Qwen/Qwen3-14B", qwen3(5120, 17408, 40, 40, false), { total: "14.8B" }),
  onHub("Qwen3-32B", "Qwen/Qwen3-32B", qwen3(5120, 25600, 64, 64, false), { total: "32.8B" }),
];
