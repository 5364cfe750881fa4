"""Executes one notebook with the TypeScript kernel: run.py NOTEBOOK OUT_DIR [FOLDER].

The kernel works in FOLDER, by default that of the notebook: imports and files are found from there.

Writes OUT_DIR/NAME.ipynb and OUT_DIR/NAME.html, also where a cell fails, and prints nothing but what went wrong.

Plain nbconvert is not enough for this kernel, which
- reports errors as text on stderr, never as an `error` output;
- answers cells that were queued behind an error with status "abort", which nbclient takes for success: they were skipped;
- drops messages when a cell floods it, the "idle" that ends the cell among them: output is lost, silently.
"""

import os
import re
import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError

from files import replace_all
from listener import Listener
from page import page_of

CELL_SECONDS = 900  # a cell that runs longer is stuck
# How long to wait, after a cell has ended, for the output that precedes its end. Long, for a busy machine.
LOST_SECONDS = float(os.environ.get("TWINFORMER_LOST_SECONDS", 30))
ABORT_SECONDS = 0.3  # after an error the kernel skips whatever arrives within 0.2 s


class CellFailed(Exception):
    """A cell did not do what it should: the message says which, and how."""


def source_of(cell):
    return "".join(cell.source)


def stderr_of(cell):
    return "".join(o.text for o in cell.get("outputs", []) if o.output_type == "stream" and o.name == "stderr").strip()


def expects_error(cell):
    return "raises-exception" in cell.metadata.get("tags", [])


def fail(cell, index, what):
    first = next((line for line in source_of(cell).splitlines() if line.strip()), "")
    raise CellFailed(f"cell {index + 1} ({first.strip()[:70]}) {what}")


def join_streams(cell):
    """Makes one output of neighboring pieces of text, as JupyterLab does."""
    joined = []
    for output in cell.get("outputs", []):
        if output.output_type == "stream" and joined and joined[-1].get("name") == output.name:
            joined[-1].text += output.text
        else:
            joined.append(output)
    cell["outputs"] = joined


def peak_of(pid):
    """The most memory that a process ever had, in bytes; None where the system does not say it (Linux does)."""
    try:
        line = re.search(r"^VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
        return int(line.group(1)) * 1024
    except (OSError, AttributeError):
        return None


class Execution:
    """One run of a notebook, from its first cell to the first that does not do what it should."""

    def __init__(self, notebook, folder):
        """`folder` is the kernel's working directory: imports resolve from there."""
        self.notebook = notebook
        self.requests = {}  # id of an execute request -> index of its cell
        self.listener = None
        self.peak = None  # bytes of the kernel's memory
        self.client = NotebookClient(
            notebook,
            kernel_name="tslab",
            timeout=CELL_SECONDS,
            iopub_timeout=LOST_SECONDS,
            raise_on_iopub_timeout=True,
            allow_errors=True,  # check() decides
            record_timing=False,
            on_notebook_start=self.listen,
            on_cell_executed=self.check,
            resources={"metadata": {"path": str(folder)}},
        )

    def run(self):
        """Raises CellFailed."""
        try:
            self.client.execute()
        except DeadKernelError as error:
            raise CellFailed("the kernel died") from error
        except CellTimeoutError as error:
            lost = "IOPub" in str(error)
            raise CellFailed(
                "output was lost: a cell flooded the kernel" if lost else f"a cell ran over {CELL_SECONDS} s"
            ) from error
        finally:
            if self.listener:
                self.listener.stop()
        # A rejected promise is reported after its cell has ended: into the cell that runs then, or into none.
        for request, text in self.listener.heard:
            index = self.requests.get(request)
            cell = self.notebook.cells[index] if index is not None else None
            if cell is None:
                raise CellFailed(f"the kernel reported:\n{text}")
            if not expects_error(cell):
                fail(cell, index, f"wrote to stderr:\n{text}")

    def listen(self, notebook):
        """nbclient calls this once the kernel is there."""
        self.listener = Listener(self.client.km.connection_file)

    def check(self, cell, cell_index, execute_reply):
        """nbclient calls this after each cell; `execute_reply` is the kernel's answer."""
        self.requests[execute_reply["parent_header"]["msg_id"]] = cell_index
        join_streams(cell)
        self.peak = peak_of(getattr(self.client.km.provisioner, "pid", None)) or self.peak
        content = execute_reply["content"]
        cell["execution_count"] = content.get("execution_count")
        status = content["status"]
        if status == "error":
            time.sleep(ABORT_SECONDS)
            if not expects_error(cell):
                fail(cell, cell_index, f"failed:\n{stderr_of(cell)}")
        elif status != "ok":
            fail(cell, cell_index, f'was skipped: the kernel answered "{status}"')
        elif expects_error(cell):
            fail(cell, cell_index, "is tagged raises-exception and raised none")


def main(path, out, folder=None):
    notebook = nbformat.read(path, as_version=4)
    problem = None
    execution = Execution(notebook, folder or path.parent)
    since = time.monotonic()
    try:
        execution.run()
    except CellFailed as error:
        problem = str(error)
    except OSError as error:  # no room for the kernel's own files, say
        problem = f"the notebook could not be run: {error}"
    # What the outputs are of: the site says it, and takes for a page in full only what was executed in full.
    form = "short" if os.environ.get("TWINFORMER_SHORT") else "full"
    commit = os.environ.get("TWINFORMER_COMMIT", "")
    took = round(time.monotonic() - since)
    measured = {"seconds": took, "peakBytes": execution.peak}
    notebook.metadata["twinformer"] = {"form": form, "commit": commit, "failed": problem is not None, **measured}
    html = page_of(notebook, path.stem)
    try:
        replace_all({out / path.name: nbformat.writes(notebook) + "\n", out / f"{path.stem}.html": html})
    except OSError as error:
        kept = f"could not write the executed copies to {out}, so the earlier ones are kept: {error.strerror}"
        problem = f"{problem}\n{kept}" if problem else kept
    if problem:
        sys.exit(problem)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]))
