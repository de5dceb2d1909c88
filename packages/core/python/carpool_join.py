"""Joins the session of a test of Carpool, in a Python process that the test has started.

    from carpool_join import join_session

    with join_session() as session:              # the address is in CARPOOL_SESSION
        reply = session.request({"type": "query"})

One file, Python 3.9 or newer, nothing but the standard library. docs/hand-over.md says what a joined process can do, and
docs/wire.md, "Joining a session", what passes over the socket. Calls block, and a session belongs to one thread. It speaks
with children whose messages are JSON; a session of another format is refused when it is joined.
"""

from __future__ import annotations

import collections
import json
import os
import re
import socket
import struct
import time

__all__ = ["join_session", "Session", "SessionError"]

_wire = 1
_call, _send, _request, _cancel = 0x01, 0x02, 0x03, 0x05
_result, _failed, _reply, _step, _event, _closed = 0x81, 0x82, 0x83, 0x84, 0x85, 0x87
_head = struct.Struct(">IBII")
# Its own number for the session on this connection.
_number = 1
_greet_timeout = 10.0
# HOST, PORT, TOKEN and FINGERPRINT of a host on another machine.
_remote = re.compile(r"carpool-session\+tls://(?:\[([^\]\s]+)\]|([^\s\[\]:/#]+)):(\d{1,5})/#(\d+-[0-9a-f]{64})\.([\w-]{43})")


class SessionError(Exception):
    """What a call fails with. `code` is a code of docs/errors.md."""

    def __init__(self, code, message):
        super().__init__(f"{message} [{code}]")
        self.code = code


def join_session(address=None):
    """The session of the test, for this process.

    address  from `session.address()` in the test; one process can join with it, once. Default: CARPOOL_SESSION
    raises   SessionError: SESSION_MISUSED, HUB_REJECTED, HUB_UNREACHABLE, SESSION_CLOSED
    """
    address = os.environ.get("CARPOOL_SESSION", "") if address is None else address
    remote = _remote.fullmatch(address)
    scheme, _, rest = address.partition(":")
    path, _, token = rest.rpartition("#")
    if remote:
        six, name, port, token, fingerprint = remote.groups()
        path = address[: address.index("/#")].partition("//")[2]
    elif scheme != "carpool-session" or not path or not token:
        why = "its address is not one that `session.address()` made" if address else "there is no address"
        raise SessionError("SESSION_MISUSED", f"Cannot join a session: {why}")
    link = None
    try:
        link = _securely(six or name, int(port), fingerprint) if remote else _on_this_machine(path)
        return Session(link, token)
    except OSError as error:
        if link:
            link.close()
        raise SessionError("HUB_UNREACHABLE", f"Cannot reach the host at {path}: {error}") from error
    except BaseException:
        if link:
            link.close()
        raise


def _on_this_machine(path):
    link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        link.settimeout(_greet_timeout)
        link.connect(path)
        return link
    except BaseException:
        link.close()
        raise


def _securely(host, port, fingerprint):
    """TLS to another machine. Its certificate is the host's own: the address says which one it must be."""
    import base64
    import hashlib
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    plain = socket.create_connection((host, port), _greet_timeout)
    try:
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        link = context.wrap_socket(plain, server_hostname=host)
    except BaseException:
        plain.close()
        raise
    shown = base64.urlsafe_b64encode(hashlib.sha256(link.getpeercert(binary_form=True)).digest())
    if shown.rstrip(b"=").decode() == fingerprint:
        return link
    link.close()
    raise SessionError("HUB_REJECTED", f"Cannot use the host at {host}:{port}: its certificate is not that of the address")


class Session:
    """A session of a test. `id`, `pool`, `hello`, and `opened`, where the host can say that in JSON."""

    def __init__(self, link, token):
        self._link = link
        self._calls = 0
        self._over = None
        self._events = collections.deque()
        self._unread = bytearray()
        greeting = {"token": token, "wire": _wire, "version": "", "runner": "python", "pid": os.getpid()}
        self._ask("greet", greeting, _greet_timeout)
        found = self._ask("join", {"session": _number, "pid": os.getpid()}, _greet_timeout)
        if found["format"] != "json":
            message = f"Cannot join the session: its messages are in the format {found['format']!r}, and this module knows JSON"
            raise SessionError("SESSION_REFUSED", message)
        self.id, self.pool, self.hello = found["id"], found["pool"], found["hello"]
        self.opened = found.get("opened")
        self._timeout = found["requestTimeout"] / 1000

    def send(self, message):
        """Sends a message that has no reply."""
        self._check()
        self._write(_send, _number, 0, message)

    def request(self, message, timeout=None, step=None):
        """Sends a request and returns its reply. step(message) gets the steps before it. timeout is in seconds."""
        self._check()
        call = self._next_call()
        self._write(_request, _number, call, message)
        try:
            return self._answer(call, self._timeout if timeout is None else timeout, step)
        except TimeoutError:
            self._write(_cancel, _number, call)
            raise SessionError("REQUEST_TIMEOUT", f"Session {self.id} has no reply to {message!r:.200}") from None

    def event(self, timeout=None):
        """The next message that the child sent unasked."""
        deadline = time.monotonic() + (self._timeout if timeout is None else timeout)
        while not self._events:
            self._check()
            try:
                self._read(deadline)
            except TimeoutError:
                raise SessionError("REQUEST_TIMEOUT", f"Session {self.id} has no event") from None
        return self._events.popleft()

    def unregister(self):
        """Ends what this process has of the session. The test's session goes on."""
        if self._over is None:
            self._over = SessionError("SESSION_CLOSED", "This process has left the session")
        self._link.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.unregister()

    def _check(self):
        if self._over is not None:
            raise self._over

    def _next_call(self):
        self._calls += 1
        return self._calls

    def _ask(self, method, fields, timeout):
        call = self._next_call()
        self._write(_call, 0, call, {"method": method, **fields})
        return self._answer(call, timeout)

    def _answer(self, wanted, timeout, step=None):
        deadline = time.monotonic() + timeout
        while True:
            kind, call, body = self._read(deadline)
            if kind == _closed:
                raise self._over
            if call != wanted:
                continue
            if kind == _failed:
                raise SessionError(body["code"], body["message"])
            if kind != _step:
                return body
            if step is not None:
                step(body)

    def _write(self, kind, session, call, message=None):
        body = b"" if message is None else json.dumps(message, ensure_ascii=False, allow_nan=False).encode()
        self._link.settimeout(None)
        try:
            self._link.sendall(_head.pack(9 + len(body), kind, session, call) + body)
        except OSError as error:
            raise self._lost(error) from error

    def _read(self, deadline):
        """One frame: (op, call, body). Events wait for `event`."""
        self._fill(_head.size, deadline)
        length, kind, _, call = _head.unpack_from(self._unread)
        self._fill(4 + length, deadline)
        body = json.loads(bytes(self._unread[_head.size : 4 + length]) or b"null")
        del self._unread[: 4 + length]
        if kind == _event:
            self._events.append(body)
        elif kind == _closed:
            code = (body.get("error") or {}).get("code", "SESSION_CLOSED")
            self._over = SessionError(code, f"Session {self.id} was closed {body['reason']}")
        return kind, call, body

    def _fill(self, size, deadline):
        """Reads until there are this many bytes. What has come at the deadline is kept."""
        while len(self._unread) < size:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            self._link.settimeout(left)
            try:
                chunk = self._link.recv(256 * 1024)
            except socket.timeout:
                raise TimeoutError from None
            except OSError as error:
                raise self._lost(error) from error
            if not chunk:
                raise self._lost("end of the stream")
            self._unread += chunk

    def _lost(self, why):
        if self._over is None:
            self._over = SessionError("HUB_LOST", f"The connection to the host has ended: {why}")
        return self._over
