"""Files that are replaced as a whole or not at all: a full disk, or an end half-way, leaves the earlier ones."""

import os


def replace_all(texts):
    """Writes each text of {path: text} beside its file, and puts them in place once all are written. Raises OSError."""
    beside = {path: path.with_name(f".{path.name}.{os.getpid()}.tmp") for path in texts}
    try:
        for path, text in texts.items():
            with open(beside[path], "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
        for path, written in beside.items():
            os.replace(written, path)
    finally:
        for written in beside.values():
            written.unlink(missing_ok=True)
