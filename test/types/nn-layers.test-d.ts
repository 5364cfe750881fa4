// Layers: the shape that comes out, and the sentence about one that does not fit.
import {
  dim,
  type Dim,
  Dropout,
  Embedding,
  FeedForward,
  fromArray,
  Generator,
  init,
  LayerNorm,
  LearnedPositions,
  Linear,
  LSTM,
  MultiHeadAttention,
  RMSNorm,
  RNN,
  RotaryPositions,
  sinusoidal,
  SinusoidalPositions,
  zeros,
} from "../../lib/index.js";
import { is, rejects, rejectsType } from "./rejects.js";

type B = Dim<"B">;
type T = Dim<"T">;
type D = Dim<"D">;
const [b, t, d] = [dim("B", 2), dim("T", 3), dim("D", 8)];
const rng = new Generator(1);

// Accepted, with the exact shape of the result.
const linear = new Linear(8, 5, { rng });
is<[2, 5]>()(linear.forward(zeros([2, 8])));
is<[B, T, 5]>()(linear.forward(zeros([b, t, 8])));
is<[5, 8]>()(linear.weight);
is<number[]>()(linear.forward(zeros([2, 8] as number[])));
is<[2, 3, 8]>()(new Embedding(10, 8, { rng }).forward(fromArray([1, 2, 3, 4, 5, 6], [2, 3], "int32")));
is<[B, T, 8]>()(new LayerNorm(8).forward(zeros([b, t, 8])));
is<[4, 8]>()(new RMSNorm(8).forward(zeros([4, 8])));
is<[B, T, 8]>()(new FeedForward(8, 32, { rng, gated: true }).forward(zeros([b, t, 8])));
is<[B, T, 8]>()(new Dropout(0.5, { rng }).forward(zeros([b, t, 8])));
is<[B, T, 8]>()(new MultiHeadAttention(8, 2, { rng, rotary: true }).forward(zeros([b, t, 8])));
is<[B, T, D]>()(new MultiHeadAttention(d, 2, { rng, nKvHead: 1 }).forward(zeros([b, t, d])));
is<[1, 2, 8]>()(new MultiHeadAttention(8, 2, { rng }).forward(zeros([1, 2, 8]), { mask: zeros([2]) }));
is<[B, T, 8]>()(new LearnedPositions(16, 8, { rng }).forward(zeros([b, t, 8])));
is<[B, T, 8]>()(new SinusoidalPositions(8).forward(zeros([b, t, 8]), 4));
is<[T, 8]>()(sinusoidal(t, 8));
is<[B, 2, T, 4]>()(new RotaryPositions().forward(zeros([b, 2, t, 4])));
const { y, state } = new RNN(8, 5, { rng }).forward(zeros([b, t, 8]));
is<[B, T, 5]>()(y);
is<[B, 5]>()(state);
const read = new LSTM(8, 6, { rng }).forward(zeros([2, 3, 8]), { h: zeros([2, 6]), c: zeros([2, 6]) });
is<[2, 3, 6]>()(read.y);
is<[2, 6]>()(read.state.c);
is<readonly [3, 4]>()(init.xavierUniform(zeros([3, 4]), rng));

// Rejected, in the words of the run-time check.
rejects("expected a last dimension of 8, got [2, 3]", () => linear.forward(zeros([2, 3])));
rejects("expected a last dimension of 8, got a scalar", () => linear.forward(zeros([])));
rejects("expected a last dimension of 8, got [2, 3]", () => new LayerNorm(8).forward(zeros([2, 3])));
rejects("expected a last dimension of 8, got [2, 3]", () => new RMSNorm(8).forward(zeros([2, 3])));
rejects("expected a last dimension of 8, got [2, 3]", () => new FeedForward(8, 9, { rng }).forward(zeros([2, 3])));
rejects("expected a last dimension of 8, got [1, 2, 3]", () =>
  new MultiHeadAttention(8, 2, { rng }).forward(zeros([1, 2, 3])),
);
rejects("expected a batch of sequences [B, T, D], got [2, 8]", () =>
  new MultiHeadAttention(8, 2, { rng }).forward(zeros([2, 8])),
);
rejects("expected a batch of sequences [B, T, D], got [2, 8]", () =>
  new LearnedPositions(16, 8, { rng }).forward(zeros([2, 8])),
);
rejects("expected a last dimension of 8, got [1, 2, 3]", () => new SinusoidalPositions(8).forward(zeros([1, 2, 3])));
rejects("expected a batch of sequences [B, T, D], got [8]", () => new RNN(8, 5, { rng }).forward(zeros([8])));
rejects("expected a last dimension of 8, got [1, 2, 3]", () => new LSTM(8, 5, { rng }).forward(zeros([1, 2, 3])));

// Rejected by name.
rejectsType("expected a last dimension of 8, got [B, T, D]", () => linear.forward(zeros([b, t, d])));
rejectsType("expected a last dimension of D, got [B, T, 8]", () =>
  new MultiHeadAttention(d, 2, { rng }).forward(zeros([b, t, 8])),
);
rejectsType("expected a batch of sequences [B, T, D], got [T, D]", () => new RNN(d, 5, { rng }).forward(zeros([t, d])));
rejectsType("expected a last dimension of D, got [B, T]", () => new RMSNorm(d).forward(zeros([b, t])));
