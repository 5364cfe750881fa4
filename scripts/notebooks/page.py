"""The page of an executed notebook: page.py NOTEBOOK… writes NAME.html beside each NAME.ipynb, and runs nothing."""

import copy
import re
import sys
from pathlib import Path

import nbformat
from nbconvert.exporters import HTMLExporter

from files import replace_all

TEMPLATES = Path(__file__).resolve().parents[2] / "jupyter" / "templates"
# A link to another notebook leads to its page: the one beside this one.
NOTEBOOK_LINK = re.compile(r"(\]\((?!\w+:)[^)\s#]+)\.ipynb(?=[)#])")
# The same in what a cell shows.
SHOWN_LINK = re.compile(r'(href="\d\d-[\w-]+)\.ipynb(?=[#"])')


def page_of(notebook, name, template="index", **more):
    """The HTML of a notebook. Its title is its first heading, or `name`. `template` is a file of the folder page; `more` is for it: `resources.KEY`."""
    notebook = copy.deepcopy(notebook)
    texts = [cell for cell in notebook.cells if cell.cell_type == "markdown"]
    heading = re.search(r"^# +(.+)$", "\n".join(cell.source for cell in texts), re.MULTILINE)
    for cell in texts:
        cell.source = NOTEBOOK_LINK.sub(r"\1.html", cell.source)
    for output in (o for cell in notebook.cells for o in cell.get("outputs", [])):
        shown = output.get("data", {})
        if "text/html" in shown:
            shown["text/html"] = SHOWN_LINK.sub(r"\1.html", shown["text/html"])
    exporter = HTMLExporter(template_name="page", template_file=f"{template}.html.j2", extra_template_basedirs=[str(TEMPLATES)])
    resources = {"metadata": {"name": name}, "title": heading.group(1).strip() if heading else name, **more}
    html, _ = exporter.from_notebook_node(notebook, resources=resources)
    return html


def main(paths):
    for path in paths:
        replace_all({path.with_suffix(".html"): page_of(nbformat.read(path, as_version=4), path.stem)})


if __name__ == "__main__":
    main(map(Path, sys.argv[1:]))
