"""Small tokenizers of every kind that loadTokenizer reads, and what Hugging Face's own library makes of hard texts with them:
test/golden/data/tokenizers/KIND/. `ours` there was written by tokenizerFiles (the unit test keeps it so); here only its encodings.
Made with tokenizers 0.23.3 and transformers 5.24.0. Run:

    python tokenizers_of_kinds.py
"""

import json
from pathlib import Path

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import AutoTokenizer

HERE = Path(__file__).resolve().parent.parent / "data/tokenizers"
TEXT = (HERE / "text.txt").read_text(encoding="utf-8")

LLAMA3 = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
QWEN2 = LLAMA3.replace(r"\p{N}{1,3}", r"\p{N}")
UPPER, LOWER = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"
O200K = (
    rf"[^\r\n\p{{L}}\p{{N}}]?{UPPER}*{LOWER}+(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
    rf"|[^\r\n\p{{L}}\p{{N}}]?{UPPER}+{LOWER}*(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
    r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
DEEPSEEK = (
    r"[!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+"
    r"| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)

TEXTS = [
    "",
    "a",
    " ",
    "Hello, world! The tokenizer's text, they'LL DON'T don't 'S",
    "  leading and trailing  ",
    "runs     of   spaces\t\ttabs \t mixed",
    "lines\nand\n\nmore\r\n\r\n  end\n",
    " \n \n",
    "0 12 345 6789 12345678901234567890 1,000.50 ٣٤٥ Ⅷ ½ x2",
    "größere Wörter, déjà vu, naïve façade",
    "e\u0301 vs \u00e9, n\u0303o, \u1100\u1161 vs \uac00, A\u030a \u212b",
    "Z\u0351\u036b\u0343a\u030a\u0327l\u0334g\u0321o",
    "שלום עולם, مرحبا بالعالم \u202eabc\u202c",
    "漢字かな交じり文。文章は短い 한국어 텍스트",
    "🙂🙂 👩‍👩‍👧 👍🏽 🇩🇪🇫🇷 ❤️ 🏴\U000e0067\U000e0062\U000e007f",
    "\U0001f9ec\U00020bb7\U0001d4d0",
    "zero\u200bwidth\u200d joiner\ufeff mark \ufeff! \u00a0nbsp\u3000wide",
    "next\u0085line\u0085\u0085! \u2028sep\u2029 \x1c\x1d",
    "\x00nul \x07bell \x7f \x1b[0m",
    "\ufffd replacement \uffff \ufdd0 \ue000",
    "snake_case camelCase HTTPServer URLs: https://example.org/a?b=c#d",
    "for (let i = 0; i < 10; i++) {\n    x[i] += 1;\n\t}\n",
    "\u2581 the metaspace \u2581\u2581x ▁",
    "<0x41> <0xE4><0xB8> <unk> <s>x</s> <s> y",
    "<|endoftext|>a<|endoftext|><|endoftext|> b <|endoftext|",
    "<|begin_of_text|>x<|eot_id|>\n<|im_start|>user\nhi<|im_end|> <tool_call> y",
    "<|a|> <|ab|>x  <trim>  y\n<trim>\n<plain> z<plain>",
    "x<norm>y <norm> z",
    "<norm>start",
    "Ġ Ċ ĉ é ł Ã©",
    "__proto__ constructor toString",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "ſ K 'ſ 'ſt ıI İ ß ẞ ǅ",
    "word " * 40,
]


def trained(special, pieces, normalizer=None, size=400, **model):
    tokenizer = Tokenizer(models.BPE(**model))
    tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = pieces
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=size, initial_alphabet=alphabet, min_frequency=2, show_progress=False)
    tokenizer.train_from_iterator([TEXT], trainer)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(special)
    return tokenizer


def splits(*patterns):
    cut = [pre_tokenizers.Split(Regex(pattern), "isolated") for pattern in patterns]
    return pre_tokenizers.Sequence([*cut, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])


def starting(tokenizer, token):
    return processors.TemplateProcessing(
        single=f"{token} $A", pair=f"{token} $A {token}:1 $B:1", special_tokens=[(token, tokenizer.token_to_id(token))]
    )


def gpt2():
    tokenizer = trained(["<|endoftext|>"], pre_tokenizers.ByteLevel(add_prefix_space=False))
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    return tokenizer


def gpt2_prefix():
    """RoBERTa's way with the first word, and its mask."""
    tokenizer = trained(["<|endoftext|>"], pre_tokenizers.ByteLevel(add_prefix_space=True), size=300)
    tokenizer.add_special_tokens([AddedToken("<trim>", lstrip=True)])
    return tokenizer


def neox():
    """OLMo's and GPT-NeoX's: composed characters first."""
    tokenizer = trained(["<|endoftext|>"], pre_tokenizers.ByteLevel(add_prefix_space=False), normalizers.NFC(), size=300)
    tokenizer.add_tokens([AddedToken("  ", normalized=False), AddedToken("    ", normalized=False), AddedToken("<norm>")])
    return tokenizer


def llama3():
    tokenizer = trained([], splits(LLAMA3))
    data = json.loads(tokenizer.to_str())
    # A token that no merge makes, and which ignore_merges finds all the same.
    data["model"].update(ignore_merges=True, vocab={**data["model"]["vocab"], "Ġtrailing": len(data["model"]["vocab"])})
    tokenizer = Tokenizer.from_str(json.dumps(data))
    tokenizer.add_special_tokens(["<|begin_of_text|>", "<|end_of_text|>", "<|eot_id|>", "<|a|>", "<|ab|>"])
    tokenizer.post_processor = processors.Sequence(
        [processors.ByteLevel(trim_offsets=True), starting(tokenizer, "<|begin_of_text|>")]
    )
    return tokenizer


def qwen2():
    tokenizer = trained(["<|endoftext|>", "<|im_start|>", "<|im_end|>"], splits(QWEN2), normalizers.NFC())
    tokenizer.add_tokens([AddedToken("<tool_call>", normalized=False)])
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    return tokenizer


def deepseek():
    special = ["<｜begin▁of▁sentence｜>", "<｜end▁of▁sentence｜>"]
    tokenizer = trained(special, splits(r"\p{N}{1,3}", "[一-龥぀-ゟ゠-ヿ]+", DEEPSEEK), normalizers.Sequence([]))
    tokenizer.post_processor = starting(tokenizer, special[0])
    return tokenizer


def gpt_oss():
    return trained(["<|startoftext|>", "<|endoftext|>"], splits(O200K))


def sentencepiece(pieces, normalizer):
    """What sentencepiece's BPE becomes: spaces are a character, and what is no token is spelled in bytes."""
    special = ["<unk>", "<s>", "</s>"]
    learner = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    learner.normalizer = normalizers.Replace(" ", "▁")
    learner.pre_tokenizer = pre_tokenizers.Split(Regex("▁+[^▁]*|[^▁]+"), "isolated")
    first = [*special, *(f"<0x{b:02X}>" for b in range(256))]
    learner.train_from_iterator(
        [TEXT], trainers.BpeTrainer(vocab_size=560, special_tokens=first, min_frequency=2, limit_alphabet=150, show_progress=False)
    )
    data = json.loads(learner.to_str())
    data["added_tokens"] = []
    tokenizer = Tokenizer.from_str(json.dumps(data))
    tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = pieces
    tokenizer.add_special_tokens([AddedToken(token, normalized=False) for token in special])
    tokenizer.add_special_tokens([AddedToken("<trim>", normalized=False, rstrip=True)])
    tokenizer.add_tokens([AddedToken("<plain>", normalized=False), AddedToken("<norm>", normalized=True)])
    tokenizer.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    )
    tokenizer.post_processor = starting(tokenizer, "<s>")
    return tokenizer


def llama2():
    return sentencepiece(None, normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")]))


def mistral():
    return sentencepiece(pre_tokenizers.Metaspace("▁", prepend_scheme="first", split=False), None)


def mistral_pieces():
    """Where each space begins a piece, as Metaspace cuts by itself."""
    return sentencepiece(pre_tokenizers.Metaspace("▁", prepend_scheme="always"), None)


def smollm():
    """A digit is a piece of its own."""
    cut = [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    return trained(["<|endoftext|>"], pre_tokenizers.Sequence(cut), size=300)


def case(tokenizer, text):
    plain = tokenizer.encode(text, add_special_tokens=False).ids
    full = tokenizer.encode(text).ids
    # Parts of the ids, as one sees them while a text is written: they may begin or end inside a character.
    parts = [plain, plain[1:], plain[:-1], plain[1::2]]
    decoded = [tokenizer.decode(ids, skip_special_tokens=False) for ids in parts]
    return {"text": text, "ids": plain, "withSpecial": full, "decoded": decoded, "withoutSpecial": tokenizer.decode(full)}


def write(kind, opened, **files):
    folder = HERE / kind
    folder.mkdir(exist_ok=True)
    lines = ",\n".join(json.dumps(case(opened, text), separators=(",", ":")) for text in TEXTS)
    (folder / "encodings.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    for name, content in files.items():
        (folder / f"{name}.json").write_text(json.dumps(content, ensure_ascii=False) + "\n", encoding="utf-8")


for make in [gpt2, gpt2_prefix, neox, llama3, qwen2, deepseek, gpt_oss, llama2, mistral, mistral_pieces, smollm]:
    made = make()
    config = {"tokenizer_class": "PreTrainedTokenizerFast"}
    write(make.__name__, made, tokenizer=json.loads(made.to_str()), tokenizer_config=config)

# Our training and theirs, on the same text.
reference = trained([], pre_tokenizers.ByteLevel(add_prefix_space=False), size=512)
merges = [" ".join(pair) for pair in json.loads(reference.to_str())["model"]["merges"]]
(HERE / "merges.json").write_text(json.dumps(merges, ensure_ascii=False) + "\n", encoding="utf-8")

for ours in ["ours", "characters"]:
    if (HERE / ours / "tokenizer.json").exists():
        opened = AutoTokenizer.from_pretrained(HERE / ours)
        write(ours, opened.backend_tokenizer)
        for text in TEXTS:
            assert opened(text)["input_ids"] == opened.backend_tokenizer.encode(text).ids, text
            assert opened.decode(opened(text)["input_ids"]) == opened.backend_tokenizer.decode(opened(text)["input_ids"], skip_special_tokens=False)
