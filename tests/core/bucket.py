"""A small stand-in for an S3-type store: puts, gets, heads and deletes whole objects, and remembers their headers."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import unquote, urlsplit


@dataclass
class Store:
    """The objects by their path, `/bucket/key`, and the headers that each was put with."""

    address: str = ""
    objects: dict[str, bytes] = field(default_factory=dict)
    headers: dict[str, dict[str, str]] = field(default_factory=dict)


@contextmanager
def running_store() -> Iterator[Store]:
    """Run a store on a free port inside the block."""
    store = Store()

    class Handler(BaseHTTPRequestHandler):
        def key(self) -> str:
            return unquote(urlsplit(self.path).path)

        def answer(self, status: int, body: bytes = b"") -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("ETag", '"0"')
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def do_PUT(self) -> None:
            store.objects[self.key()] = self.rfile.read(int(self.headers["Content-Length"]))
            store.headers[self.key()] = {name.lower(): value for name, value in self.headers.items()}
            self.answer(200)

        def do_GET(self) -> None:
            found = store.objects.get(self.key())
            self.answer(404 if found is None else 200, found or b"")

        def do_HEAD(self) -> None:
            self.do_GET()

        def do_DELETE(self) -> None:
            store.objects.pop(self.key(), None)
            self.answer(204)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Keep quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        store.address = f"http://127.0.0.1:{server.server_address[1]}"
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield store
        server.shutdown()
        thread.join()
