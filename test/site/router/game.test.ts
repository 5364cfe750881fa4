import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Address, addressOf, BadAddress, gameAt, isGame } from "../../../site/router/address.js";
import { Play } from "../../../site/router/game.js";
import { COUNT, spoken, visible } from "../../../site/router/text.js";
import { besides, explanation, type Score, scoreOf, signed, verdict } from "../../../site/router/totals.js";

const NAMES = ["english-1", "code-2"];

describe("the address of a game", () => {
  const games = fc.record({
    isScored: fc.boolean(),
    text: fc.oneof(
      fc.constantFrom(...NAMES).map((name) => ({ name })),
      fc.string({ unit: "grapheme", maxLength: 300 }).map((own) => ({ own })),
    ),
    choices: fc.array(fc.option(fc.integer({ min: 0, max: 27 })), { minLength: COUNT, maxLength: COUNT }),
  });

  it("says all of it, in letters that need no escape", () => {
    fc.assert(
      fc.property(games, (game: Address) => {
        const hash = addressOf(game);
        expect(gameAt(hash, NAMES, 28)).toEqual(game);
        expect(new URL(hash, "https://example.org/").hash).toBe(hash);
        expect(isGame(hash)).toBe(true);
      }),
    );
  });

  it("is short: a character a token, and none for what was not chosen at its end", () => {
    const choices = Array.from({ length: COUNT }, (_, n) => (n < 3 ? n + 9 : null));
    expect(addressOf({ isScored: false, text: { name: "english-1" }, choices })).toBe("#play/english-1/9ab");
  });

  it.each([
    ["#score/english-1", "it is cut or changed"],
    ["#won/english-1/00", "it is cut or changed"],
    ["#score/english-9/00", "it names a text that is not here"],
    ["#score/toString/00", "it names a text that is not here"],
    ["#score/english-1/0z", "it has a choice that token 2 does not have"],
    ["#score/english-1/0R", "it has a choice that token 2 does not have"],
    ["#score/english-1/<b>", "it has a choice that token 1 does not have"],
    [`#score/english-1/${"0".repeat(21)}`, "it has choices for more than 20 tokens"],
    ["#score/own.%%%/00", "its text cannot be read"],
    ["#score/own._w/00", "its text cannot be read"],
  ])("%s is refused by a sentence", (hash, why) => {
    expect(() => gameAt(hash, NAMES, 28)).toThrow(BadAddress);
    expect(() => gameAt(hash, NAMES, 28)).toThrow(`This link holds no game: ${why}. Here is an empty board.`);
  });

  it("gives a game or a sentence for whatever stands there, and nothing else", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.constantFrom("#play/", "#score/own.", "#"), (junk, start) => {
        try {
          expect(gameAt(start + junk, NAMES, 28).choices).toHaveLength(COUNT);
        } catch (error) {
          expect(error).toBeInstanceOf(BadAddress);
        }
      }),
    );
  });
});

describe("a game", () => {
  it("gives a token K experts; the one that it has had longest makes room for another", () => {
    const play = new Play(3, 8, 2);
    expect(play.open).toBe(1);
    expect([play.toggle(0, 5), play.toggle(0, 2)]).toEqual([null, null]);
    expect([play.isFull(0), play.routed, play.open]).toEqual([true, 1, 2]);
    expect(play.toggle(0, 7)).toBe(5);
    expect(play.experts(0)).toEqual([2, 7]);
    expect(play.toggle(0, 2)).toBeNull(); // taken away
    expect([play.routed, play.open]).toEqual([0, 2]); // what was seen stays open
    expect(play.numbers()).toEqual([null, null, null]);
    play.clear();
    expect(play.open).toBe(1);
  });

  it("goes on from the numbers of an address", () => {
    const numbers = fc.array(fc.option(fc.integer({ min: 0, max: 27 })), { minLength: 6, maxLength: 6 });
    fc.assert(
      fc.property(numbers, (given) => {
        const play = new Play(6, 8, 2);
        play.take(given);
        expect(play.numbers()).toEqual(given);
        expect(play.open).toBe(Math.min(6, given.findLastIndex((one) => one !== null) + 2));
      }),
    );
  });
});

describe("words of a score", () => {
  const measured = (losses: number[][], learned: number[]) => ({
    ...{ losses, learned, places: [], own: [], scores: [] },
  });
  const said = (score: Score) => [verdict(score), ...besides(score, 3), explanation(score)].join(" ");

  it("follow the numbers", () => {
    const game = measured([[1, 2, 6], [4, 3, 2]], [1, 1]); // prettier-ignore
    const lost = scoreOf(game, [2, 0]);
    expect(lost.mean).toEqual({ you: 5, learned: 2.5, chance: 3, best: 1.5 });
    expect(said(lost)).toContain("You lost 2.500 nats per token against the learned router: yours cost 5.000");
    expect(said(lost)).toContain("worse than chance by 2.000");
    expect(said(lost)).toContain("Best choices found: 0 of 2 by you, 0 of 2 by the learned router.");
    expect(said(lost)).toContain("Why is the learned router not the best?");
    const won = scoreOf(game, [0, 2]);
    expect(said(won)).toContain("You beat the learned router by 1.000 nats per token");
    expect(said(won)).toContain("better than chance by 1.500");
    expect(said(won)).toContain("How can that be?");
    expect(said(scoreOf(game, [1, 1]))).toContain("You are level with the learned router: 2.500");
  });

  it("say what chance stands in for, and that nothing was routed", () => {
    const game = measured([[1, 2, 6], [4, 3, 2]], [0, 2]); // prettier-ignore
    const half = scoreOf(game, [0, null]);
    expect(half.mean.you).toBe(2);
    expect(said(half)).toContain("1 of 2 tokens are routed by you; the other 1 count as chance");
    expect(said(half)).toContain("No choice would have been better than the learned router's.");
    expect(explanation(half)).toBe("");
    expect(verdict(scoreOf(game, []))).toBe("You have routed no token: all of them count as chance.");
  });

  it("never call a difference that is not shown", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 5, noNaN: true }), fc.double({ min: 0, max: 5, noNaN: true }), (a, b) => {
        const words = verdict(scoreOf(measured([[a, b]], [0]), [1]));
        const order = Number(b.toFixed(3)) - Number(a.toFixed(3));
        expect(words).toContain(order === 0 ? "level with" : order > 0 ? "You lost" : "You beat");
      }),
    );
    expect([signed(0.2119), signed(-0.0306), signed(-0.0001)]).toEqual(["+0.212", "−0.031", "0.000"]);
  });
});

describe("a token", () => {
  it("can be seen and heard", () => {
    expect([" the", "\n   ", ",", "x=("].map(visible)).toEqual(["␣the", "⏎␣␣␣", ",", "x=("]);
    expect([" the", "\n   ", ",", "x=("].map(spoken)).toEqual([
      "“space the”",
      "“new line 3 spaces”",
      "“comma”",
      "“x equals left parenthesis”",
    ]);
  });
});
