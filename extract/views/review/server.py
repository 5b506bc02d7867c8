"""The review pages on this machine, with verdicts saved at once.

Only 127.0.0.1 listens; the address holds a random token; a page of another origin, or one that reaches us under another
name, is refused; a request is small, and waits for nobody long.
"""

from __future__ import annotations

import getpass
import json
import re
import secrets
import sys
import threading
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

from extract.errors import Damaged, ExtractError, OutputError, UsageError
from extract.store.verdicts import given, write_verdicts
from extract.views.review.model import DocumentView, Run, text_key
from extract.views.review.page import document_html, index_html
from extract.views.review.pictures import PagePictures, Sources
from extract.views.review.site import opened, pages_of

_HOME = "127.0.0.1"
_MOST_BODY = 16 << 10
_IDLE_LIMIT = 20.0  # seconds that a connection may say nothing
_DOCUMENT = re.compile(r"d/([0-9a-f]{16})\.html\Z")
_PICTURE = re.compile(r"p/([0-9a-f]{16})/([1-9][0-9]{0,4})\.webp\Z")
_HTML, _JSON = "text/html; charset=utf-8", "application/json; charset=utf-8"


class Desk:
    """The run that is being reviewed.  One request at a time: pdfium takes no two."""

    def __init__(self, outputs: Path, sources: Path | None = None, every: bool = False, who: str | None = None) -> None:
        self._run = Run(outputs)
        self._sources, self._every, self._who = Sources(sources), every, who or _user()
        self._lock = threading.Lock()
        self._open: tuple[str, DocumentView, PagePictures] | None = None  # the document last asked for

    def index(self) -> str:
        with self._lock:
            rows = list(self._run.documents.values())
            return index_html(rows, {d: self._run.findings(d) for d in self._run.documents}, True)

    def document(self, document: str) -> str:
        """Raises ``KeyError`` where there is none."""
        with self._lock:
            view, pictures = self._opened(document)
            view = self._run.view(document)
            return document_html(view, pages_of(view, pictures, self._every), pictures.source_found, True)

    def picture(self, document: str, page: int) -> bytes:
        """Raises ``KeyError`` where there is no such document or source, ``Damaged`` for no such page."""
        with self._lock:
            _, pictures = self._opened(document)
            if not pictures.there:
                raise KeyError(document)
            return pictures.webp(page)

    def take(self, asked: Any) -> list[str] | None:
        """Save a verdict, or take it back where it is empty.

        Raises ``UsageError`` for one that fits nothing, ``OutputError`` where it cannot be saved.
        """
        try:
            document, key, verdict, text = (asked[k] for k in ("document", "key", "verdict", "text"))
        except (KeyError, TypeError) as error:
            raise UsageError("a verdict has document, key, verdict and text") from error
        if not all(isinstance(x, str) for x in (document, key, verdict, text)) or document not in self._run.documents:
            raise UsageError("no such document")
        with self._lock:
            view, _ = self._opened(document)
            rows = {f.key: f.row for f in view.findings} | {c.key: c.amount for c in view.cells if c.amount}
            if key not in rows:
                raise UsageError("no such cell")
            when = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            others = {k: v for k, v in self._run.verdicts.items() if (k[0], text_key(k)) != (document, key)}
            if not verdict:
                write_verdicts(self._run.folder, others.values())
                self._run.verdicts = others
                return None
            line = given(rows[key], verdict, text, self._who, when)
            write_verdicts(self._run.folder, [*others.values(), line])
            self._run.verdicts = {**others, line.key: line}
            return [line.意见, line.改为, line.核对人, line.时间, line.原文]

    def _opened(self, document: str) -> tuple[DocumentView, PagePictures]:
        if self._open is None or self._open[0] != document:
            view = self._run.view(document)
            if self._open is not None:
                self._open[2].close()
                self._open = None
            self._open = (document, view, opened(view.row, self._sources))
        return self._open[1], self._open[2]


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # nobody's number
        return ""


class _Handler(BaseHTTPRequestHandler):
    server: ThreadingHTTPServer
    server_version, sys_version = "yusuan", ""
    timeout: ClassVar[float] = _IDLE_LIMIT

    def __init__(self, desk: Desk, token: str, *rest: Any) -> None:
        self._desk, self._token = desk, token
        super().__init__(*rest)

    def do_GET(self) -> None:
        if (path := self._asked()) is None:
            return
        try:
            if path in ("", "index.html"):
                self._answer(HTTPStatus.OK, _HTML, self._desk.index().encode())
            elif found := _DOCUMENT.match(path):
                self._answer(HTTPStatus.OK, _HTML, self._desk.document(found[1]).encode())
            elif found := _PICTURE.match(path):
                self._answer(HTTPStatus.OK, "image/webp", self._desk.picture(found[1], int(found[2])))
            else:
                self._refuse(HTTPStatus.NOT_FOUND, "not found")
        except (KeyError, Damaged):
            self._refuse(HTTPStatus.NOT_FOUND, "not found")
        except ExtractError as error:
            self._refuse(HTTPStatus.INTERNAL_SERVER_ERROR, error.line())

    def do_POST(self) -> None:
        if (path := self._asked()) is None:
            return
        length = self.headers.get("Content-Length", "")
        if self.headers.get("Origin") != f"http://{self.headers['Host']}":
            self._refuse(HTTPStatus.FORBIDDEN, "another origin")
        elif path != "verdict" or self.headers.get_content_type() != "application/json":
            self._refuse(HTTPStatus.NOT_FOUND, "not found")
        elif not (length.isascii() and length.isdigit()) or int(length) > _MOST_BODY:
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too large")
        else:
            self._take(self.rfile.read(int(length)))

    def _take(self, body: bytes) -> None:
        try:
            verdict = self._desk.take(json.loads(body))
        except (ValueError, RecursionError, UsageError) as error:
            self._refuse(HTTPStatus.BAD_REQUEST, error.line() if isinstance(error, UsageError) else "no JSON")
        except OutputError as error:
            self._refuse(HTTPStatus.INTERNAL_SERVER_ERROR, error.line())
        else:
            self._answer(HTTPStatus.OK, _JSON, json.dumps({"verdict": verdict}, ensure_ascii=False).encode())

    def _asked(self) -> str | None:
        """The path behind the token; ``None`` where the request was refused."""
        port = self.server.server_port
        if self.headers.get("Host") not in (f"{_HOME}:{port}", f"localhost:{port}"):
            self._refuse(HTTPStatus.FORBIDDEN, "another host")
            return None
        _, token, *rest = self.path.partition("?")[0].split("/", 2) + [""] * 2
        if not secrets.compare_digest(token.encode(), self._token.encode()):
            self._refuse(HTTPStatus.NOT_FOUND, "not found")
            return None
        return rest[0]

    def _refuse(self, status: HTTPStatus, why: str) -> None:
        self._answer(status, _JSON, json.dumps({"error": why}, ensure_ascii=False).encode())

    def _answer(self, status: HTTPStatus, kind: str, body: bytes) -> None:
        self.send_response(status)
        for name, value in (
            ("Content-Type", kind), ("Content-Length", str(len(body))), ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "no-referrer"), ("Cross-Origin-Resource-Policy", "same-origin"), ("X-Frame-Options", "DENY"),
            ("Cache-Control", "private, max-age=3600" if kind == "image/webp" else "no-store"),
        ):  # fmt: skip
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet: the token is in every address."""


def make_server(desk: Desk, port: int) -> tuple[ThreadingHTTPServer, str]:
    """A server that is not yet answering, and its address.  Raises ``UsageError`` where the port is taken."""
    token = secrets.token_urlsafe(24)
    try:
        server = ThreadingHTTPServer((_HOME, port), partial(_Handler, desk, token))
    except OSError as error:
        raise UsageError(f"cannot listen on port {port}: {error.strerror or error}") from error
    server.daemon_threads = True
    return server, f"http://{_HOME}:{server.server_port}/{token}/"


def serve(outputs: Path, sources: Path | None, every: bool, port: int, who: str | None) -> None:
    """Answer until interrupted.  Raises ``UsageError`` where no run stands or the port is taken."""
    server, address = make_server(Desk(outputs, sources, every, who), port)
    print(f"{address}\nCtrl-C ends it", file=sys.stderr, flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()
