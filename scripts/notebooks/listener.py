"""Hears everything that a kernel writes to stderr, also what comes between two cells, which nbclient throws away."""

import threading
from queue import Empty

from jupyter_client import BlockingKernelClient


class Listener:
    """Follows a kernel's output from the side. `heard` holds (id of the request it belongs to, text) in order."""

    def __init__(self, connection_file):
        self.heard = []
        self._client = BlockingKernelClient(connection_file=connection_file)
        self._client.load_connection_file()
        self._client.start_channels(shell=False, stdin=False, hb=False, control=False)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self):
        while not self._ended.is_set():
            try:
                message = self._client.get_iopub_msg(timeout=0.1)
            except Empty:
                continue
            if message["msg_type"] == "stream" and message["content"]["name"] == "stderr":
                self.heard.append((message["parent_header"].get("msg_id"), message["content"]["text"]))

    def stop(self):
        """Ends the listening. What was sent before a cell ended has arrived by then."""
        self._ended.set()
        self._thread.join()
        self._client.stop_channels()
