"""A mail server for tests: it keeps what it takes, and refuses, hangs or breaks off as it is told."""

import socket
import socketserver
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message as Mail
from email.policy import default
from typing import Any, cast

Answer = Callable[[str], str]


class SmtpSink:
    """A mail server on a free port of this machine.

    `greeting`, `answer_recipient` and `answer_data` are what it says when somebody connects, to RCPT and to a whole
    mail ("hang up" breaks off); `before_accepting` runs when a mail is kept and its sender does not know it yet.
    """

    def __init__(self) -> None:
        self.mails: list[Mail] = []
        self.recipients: list[str] = []
        self.answer_recipient: Answer = lambda _address: "250 ok"
        self.answer_data: Answer = lambda _address: "250 taken"
        self.before_accepting: Callable[[Mail], None] = lambda _mail: None
        self.greeting = "220 sink ready"
        self.stopping = threading.Event()
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), _Conversation)
        self._server.sink = self
        self.port: int = self._server.server_address[1]

    def message_ids(self) -> Counter[str]:
        """Count the mails by Message-ID."""
        with self._lock:
            return Counter(str(mail["Message-ID"]) for mail in self.mails)

    def silence(self, _address: str) -> str:
        """Answer nothing for as long as the server runs."""
        self.stopping.wait()
        return "421 stopped"

    def keep(self, mail: Mail, recipient: str) -> None:
        """Take a mail."""
        with self._lock:
            self.mails.append(mail)
            self.recipients.append(recipient)

    @contextmanager
    def running(self) -> Iterator["SmtpSink"]:
        """Answer inside the block."""
        thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self.stopping.set()
            self._server.shutdown()
            self._server.server_close()
            thread.join()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    block_on_close = False
    sink: SmtpSink

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A sender that was killed breaks the conversation off; that is part of the game."""


class _Conversation(socketserver.StreamRequestHandler):
    """RFC 5321 as far as a sender of plain mail needs it."""

    def handle(self) -> None:
        sink = cast(_Server, self.server).sink
        self._say(sink.greeting)
        recipient = ""
        while line := self.rfile.readline().decode().strip():
            verb = line[:4].upper()
            if verb == "RCPT":
                recipient = line.partition("<")[2].partition(">")[0]
                self._say(sink.answer_recipient(recipient))
            elif verb == "DATA":
                self._take(sink, recipient)
            elif verb == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 ok")

    def _take(self, sink: SmtpSink, recipient: str) -> None:
        self._say("354 go on")
        lines = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line)
        mail = cast(Mail, message_from_bytes(b"".join(lines), policy=default))
        answer = sink.answer_data(recipient)
        if answer.startswith("250"):
            sink.keep(mail, recipient)
            sink.before_accepting(mail)
        self._say(answer)

    def _say(self, line: str) -> None:
        if line == "hang up":
            self.request.shutdown(socket.SHUT_RDWR)
        else:
            self.wfile.write(f"{line}\r\n".encode())
