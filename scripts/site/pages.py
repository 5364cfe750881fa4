"""The pages of the site: pages.py PLAN.json, as scripts/site/plan.mjs makes it. It runs no notebook.

Every page is made by jupyter/templates/page/site.html.j2, which is the page of a notebook with a bar, contents and the way on round it."""

import html
import json
import os
import re
import sys
from pathlib import Path

import nbformat
from nbformat.v4 import new_markdown_cell, new_notebook

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "notebooks"))

from files import replace_all  # noqa: E402
from page import page_of  # noqa: E402

HEADING = re.compile(r'<h([1234])((?: [^>]*)?) id="([^"]*)"([^>]*)>(.*?)(?:<a class="anchor-link" href="#[^"]*">¶</a>)?</h\1>', re.DOTALL)
LINK = re.compile(r'<a href="(?!\w+:|//)([^"]*)"')


def slug(text):
    """The anchor of a heading as GitHub makes it: the documents are read there, too."""
    return re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")


def plain(markup):
    return html.unescape(re.sub(r"<[^>]+>", "", markup)).strip()


def like_github(page):
    """Gives the headings of a document the anchors that GitHub gives them; a second one of the same words gets -1."""
    seen = {}

    def anchor(match):
        level, before, _, after, words = match.groups()
        name = slug(plain(words))
        seen[name] = seen.get(name, -1) + 1
        name += f"-{seen[name]}" if seen[name] else ""
        link = f'<a class="anchor-link" href="#{name}">¶</a>'
        return f'<h{level}{before} id="{name}"{after}>{words}{link}</h{level}>'

    return HEADING.sub(anchor, page)


def linked(page, folder, pages):
    """Links to files of the clone lead to their pages; a file that has none is named, and not linked."""

    own = set(pages.values())  # what the site itself wrote leads to pages already

    def place(match):
        target, _, anchor = html.unescape(match[1]).partition("#")
        if not target or target in own:
            return match[0]
        file = os.path.normpath(os.path.join(folder, target)).replace(os.sep, "/")
        file = re.sub(r"\.html$", ".ipynb", file)  # page.py has led links to notebooks to pages beside them
        if file not in pages:
            return f'<a title="In the clone: {html.escape(file)}"'
        return f'<a href="{pages[file]}{"#" + anchor if anchor else ""}"'

    return LINK.sub(place, page)


def contents(page):
    """The headings of a page as a folded list, which site.js unfolds where there is room beside the text."""
    found = [(level, name, plain(words)) for level, _, name, _, words in HEADING.findall(page) if level in "23"]
    if len(found) < 3:
        return ""
    items = "\n".join(
        f'<li{" class=site-deeper" if level == "3" else ""}><a href="#{name}">{html.escape(words)}</a></li>'
        for level, name, words in found
    )
    summary = "<details><summary>On this page</summary>"
    return f'<nav class="site-contents" aria-label="On this page">{summary}<ol>\n{items}\n</ol></details></nav>'


def cells_of(text):
    """A document as a notebook of text: a cell for each of its parts with a heading of the second level."""
    parts = re.split(r"^(?=## )", text, flags=re.MULTILINE)
    return new_notebook(cells=[new_markdown_cell(part, id=f"part-{i}") for i, part in enumerate(parts)])


def main(plan_file):
    plan = json.loads(plan_file.read_text(encoding="utf-8"))
    made = {}
    for page in plan["pages"]:
        is_notebook = "notebook" in page
        notebook = nbformat.read(page["notebook"], as_version=4) if is_notebook else cells_of(page["text"])
        name = Path(page["href"]).stem
        text = page_of(notebook, name, "site", site={**page, "menu": plan["menu"]})
        text = text if is_notebook else like_github(text)
        text = linked(text, page["folder"], plan["files"])
        made[Path(plan["out"]) / page["href"]] = text.replace("<!-- contents -->", contents(text) if page["contents"] else "", 1)
    replace_all(made)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
