"""A process that holds many sessions, written in Python: the other end of `childProtocol` of Carpool.

    from carpool_child import serve   # before anything that prints

    def request(session, message):
        return {"type": "total", "value": sum(session.state)}

    serve(open=lambda session: [], request=request, fork=True)

One file, Python 3.9 or newer, nothing but the standard library. From the import on, stdout carries messages alone: what is
printed goes to stderr. docs/write-a-process.md says what each function gets, and what `fork` does.
"""

from __future__ import annotations

import base64
import collections
import datetime
import gc
import json
import os
import selectors
import signal
import socket
import struct
import sys
import time
import traceback

__all__ = ["serve", "Session", "SessionEnded"]

# Descriptors of our own for the protocol; 0 and 1 are then harmless for this program and for all that it starts.
_in, _out = os.dup(0), os.dup(1)
os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
os.dup2(2, 1)
if hasattr(sys.stdout, "reconfigure"):
    sys.stdout.reconfigure(line_buffering=True)
if os.name == "nt":
    import msvcrt

    for _fd in (_in, _out):
        msvcrt.setmode(_fd, os.O_BINARY)

_chunk = 256 * 1024
# Seconds for the `close` of a forked session, below the `closeTimeout` of a pool.
_close_grace = 2.0
# Seconds for all forks at the end of stdin, below the `stopTimeout` of a pool.
_stop_grace = 1.0


def serve(
    *,
    open=None,
    request=None,
    message=None,
    close=None,
    hello=None,
    codec="json-lines",
    fork=False,
    max_frame_bytes=64 * 1024 * 1024,
):
    """Serves sessions until stdin ends. Call it when the process is ready; it returns when all sessions are closed.

    open(session)             begins a session; what it returns is `session.state`; what it raises ends the session
    request(session, message) returns the reply, a dict; what it raises refuses this request
    message(session, message) takes a message that has no reply; what it raises is a diagnostic
    close(session)            puts in order what is left; then the end of the session is confirmed
    hello                     a dict that becomes `session.hello` of the tests: {"version": 2}
    codec                     "json-lines" or "msgpack", as `codec` of the pool
    fork                      each session is a forked copy of this process, as it is now, and ends with the session
    max_frame_bytes           as `maxFrameBytes` of the pool
    """
    if codec not in _codecs:
        raise ValueError(f"codec is {codec!r}; allowed are {', '.join(map(repr, _codecs))}")
    if fork and not hasattr(os, "fork"):
        raise ValueError("fork=True needs a system that can fork; Windows cannot")
    wire = _codecs[codec](max_frame_bytes)
    handlers = _Handlers(open, request, message, close)
    served = _Forks(handlers, wire, hello or {}) if fork else _InProcess(handlers, wire, hello or {})
    try:
        served.run()
    except BrokenPipeError:
        # The reader is gone, and with it the reason to live.
        sys.exit(1)
    except _Unreadable as error:
        _complain(f"stdin cannot be read on: {error}")
        sys.exit(1)


class SessionEnded(Exception):
    """The session has ended while it waited for an answer."""


class Session:
    """A session, as the functions given to `serve` get it."""

    def __init__(self, host, id, params):
        self._host = host
        self._request = None
        self._asked = 0
        self._ended = False
        # The id under which Carpool knows it: "s1".
        self.id = id
        # What `register`, or a fixture, was given as `params`; None: nothing.
        self.params = params
        # What `open` returned.
        self.state = None
        # What the test gets as `session.opened`, besides `session`; `open` may set it.
        self.opened = {}

    def send(self, message):
        """Sends an event."""
        self._say(message)

    def step(self, message):
        """Sends a step of the request that is being answered: it precedes the reply."""
        if self._request is None:
            raise RuntimeError("a step belongs to a request, and none is being answered")
        self._say(message, carpool="step", id=self._request)

    def ask(self, message):
        """Asks the test, and returns its answer. Raises SessionEnded, or LookupError if nothing answers questions there."""
        self._asked += 1
        id = f"ask:{self._asked}"
        self._say(message, carpool="ask", id=id)
        return self._host.answer_to(self, id)

    def diagnose(self, message, code=None):
        """Finds fault with what the session sent; `diagnostics` of the pool says what that does."""
        self._say(_fault(message, code), carpool="diagnostic")

    def fail(self, message, code=None):
        """Ends the session from this side, with this text; its pending calls fail."""
        self._host.lose(self, _fault(message, code))

    def _say(self, message, **own):
        if not isinstance(message, dict):
            raise TypeError(f"a message must be a dict; this is {message!r:.80}")
        if "carpool" in message:
            raise TypeError("the field 'carpool' of a message is Carpool's own")
        if not self._ended:
            self._host.write({**message, **own, "session": self.id})


class _Handlers(collections.namedtuple("_Handlers", "open request message close")):
    """What the user has given to `serve`."""


class _Unreadable(Exception):
    """After these bytes, nothing says where the next frame begins."""


class _Sessions:
    """Sessions in this process, one message after the other. Where messages come from and go to is the subclass's."""

    def __init__(self, handlers, wire):
        self._handlers = handlers
        self._wire = wire
        self._sessions = {}
        # What came while a session waited for an answer.
        self._held = collections.deque()
        # Sessions begin with `open`. Otherwise, as with `protocol: {}`, one begins with its first message.
        self._opens = False

    def take(self, message):
        word, id = message.get("carpool"), message.get("session")
        session = self._sessions.get(id)
        if word == "open":
            self._opens = True
            self._begin(id, message.get("params"))
        elif word == "close":
            self._close(id, session)
        elif word is None:
            if session is None:
                if self._opens or id is None:
                    return _complain(f"session {id} is not open, and gets {message!r:.200}")
                session = self._begin(id, None)
            if session is not None:
                self._deliver(session, message)
        # A request that is given up is computed to its end: there is one thread. An answer that came too late is for nobody.
        elif word not in ("cancel", "unanswered"):
            _complain(f"a word of Carpool that this version does not know: {message!r:.200}")

    def answer_to(self, session, id):
        while True:
            message = self.read()
            if message is None:
                session._ended = True
                raise SessionEnded("stdin has ended")
            if message.get("session") == session.id:
                if message.get("carpool") == "close":
                    self._held.append(message)
                    session._ended = True
                    raise SessionEnded("the session has ended")
                if message.get("id") == id:
                    if message.get("carpool") == "unanswered":
                        raise LookupError("the question got no answer")
                    return message
            self._held.append(message)

    def lose(self, session, fault):
        if session._ended:
            return
        self._end(session)
        self.write({**fault, "carpool": "lost", "session": session.id})

    def _begin(self, id, params):
        session = self._sessions[id] = Session(self, id, params)
        try:
            if self._handlers.open is not None:
                session.state = self._handlers.open(session)
        except Exception as error:
            _complain_of(f"session {id} could not be opened")
            session._ended = True
            del self._sessions[id]
            self.write({**_fault_of(error), "carpool": "lost", "session": id})
            return None
        if self._opens and not session._ended:
            self.write({**session.opened, "carpool": "opened", "session": id})
        return session

    def _deliver(self, session, message):
        id = message.get("id")
        if id is None:
            try:
                if self._handlers.message is not None:
                    self._handlers.message(session, message)
            except Exception as error:
                if session._ended:
                    return
                _complain_of(f"session {session.id} could not take a message")
                session._say(_fault_of(error), carpool="diagnostic")
            return
        session._request = id
        try:
            if self._handlers.request is None:
                raise NotImplementedError("this process answers no requests")
            session._say(self._handlers.request(session, message), id=id)
        except Exception as error:
            if session._ended:
                return
            _complain_of(f"session {session.id} refused a request")
            session._say(_fault_of(error), carpool="refused", id=id)
        finally:
            session._request = None

    def _close(self, id, session):
        fault = None if session is None else self._over(session)
        if fault is None:
            self.write({"carpool": "closed", "session": id})
        else:
            self.write({**fault, "carpool": "unclosed", "session": id})

    def _end(self, session):
        """The same where the end is not asked for, or certain: what `close` raises is a diagnostic."""
        fault = self._over(session)
        if fault is not None:
            self.write({**fault, "carpool": "diagnostic", "session": session.id})

    def _over(self, session):
        """None if nothing of the session is left, else what `close` raised."""
        session._ended = True
        self._sessions.pop(session.id, None)
        try:
            if self._handlers.close is not None:
                self._handlers.close(session)
            return None
        except Exception as error:
            _complain_of(f"session {session.id} could not be closed")
            return _fault_of(error)


class _InProcess(_Sessions):
    """All sessions in this one process."""

    def __init__(self, handlers, wire, hello):
        super().__init__(handlers, wire)
        self._hello = hello
        self._read = collections.deque()

    def run(self):
        while True:
            message = self._held.popleft() if self._held else self.read()
            if message is None:
                break
            self.take(message)
        for session in list(self._sessions.values()):
            self._over(session)

    def read(self):
        """The next message that is not about the process itself; None when stdin has ended."""
        while True:
            while self._read:
                message = self._read.popleft()
                word = message.get("carpool")
                if word == "hello":
                    self._opens = True
                    self.write({**self._hello, "carpool": "hello"})
                elif word == "probe":
                    self.write({"carpool": "alive"})
                else:
                    return message
            chunk = os.read(_in, _chunk)
            if not chunk:
                return None
            self._read.extend(_messages(self._wire, chunk))

    def write(self, message):
        _write(_out, self._wire.frame(self._wire.encode(message)))


# Between the process and its forks: what it is, how many bytes.
_head = struct.Struct(">BI")
_message, _last_word = 0, 1


class _Fork:
    """A forked session, as its parent sees it."""

    def __init__(self, pid, link):
        self.pid = pid
        self.link = link
        self.unsent = bytearray()
        self.unread = bytearray()
        self.at_end = False
        # `close` was asked for.
        self.closing = False
        # When it is killed, if it has not ended by then.
        self.kill_at = None
        self.has_said_why = False

    def kill(self):
        # The group first: what the session has started ends with it.
        for kill in (os.killpg, os.kill):
            try:
                kill(self.pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                pass


class _Forks:
    """Each session is a forked copy of this process, which itself only passes messages on."""

    def __init__(self, handlers, wire, hello):
        self._handlers = handlers
        self._wire = wire
        self._hello = hello
        self._forks = {}
        self._selector = selectors.DefaultSelector()
        self._opens = False
        self._dies_with_parent = _death_signal()

    def run(self):
        # What is loaded now is never collected, so that its pages stay shared with the forks.
        gc.collect()
        gc.freeze()
        woken, self._waker = socket.socketpair()
        for end in (woken, self._waker):
            end.setblocking(False)
        self._woken = woken
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._waker.fileno(), warn_on_full_buffer=False)
        if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
            signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        self._selector.register(woken, selectors.EVENT_READ, self._reap)
        self._selector.register(_in, selectors.EVENT_READ, self._listen)
        self._ending = None
        try:
            while self._ending is None or self._forks:
                self._turn()
        finally:
            for fork in self._forks.values():
                fork.kill()
            for fork in self._forks.values():
                os.waitpid(fork.pid, 0)

    def _turn(self):
        now = time.monotonic()
        for fork in list(self._forks.values()):
            if fork.kill_at is not None and now >= fork.kill_at:
                fork.kill()
                fork.kill_at = None
        times = [fork.kill_at - now for fork in self._forks.values() if fork.kill_at is not None]
        # A library may have taken the signal of ended children for itself.
        if any(fork.at_end for fork in self._forks.values()):
            times.append(0.05)
        for key, events in self._selector.select(max(0, min(times)) if times else None):
            if isinstance(key.data, _Fork):
                # It may have been found dead in this very turn.
                if key.data.link.fileno() < 0:
                    continue
                if events & selectors.EVENT_READ:
                    self._drain(key.data)
                if events & selectors.EVENT_WRITE and not key.data.at_end:
                    self._flush(key.data)
            else:
                key.data()
        if any(fork.at_end for fork in self._forks.values()):
            self._reap()

    def _listen(self):
        chunk = os.read(_in, _chunk)
        if chunk:
            for payload, message in _decoded(self._wire, chunk):
                self._take(payload, message)
            return
        self._selector.unregister(_in)
        self._ending = time.monotonic() + _stop_grace
        for fork in self._forks.values():
            fork.kill_at = self._ending
            fork.link.shutdown(socket.SHUT_WR)

    def _take(self, payload, message):
        word, id = message.get("carpool"), message.get("session")
        if word == "hello":
            self._opens = True
            return self._say({**self._hello, "carpool": "hello"})
        if word == "probe":
            return self._say({"carpool": "alive"})
        fork = self._forks.get(id)
        if word == "open":
            self._opens = True
        if fork is None and (word == "open" or (word is None and not self._opens and id is not None)):
            fork = self._start(id)
            if fork is None:
                return
        if fork is None:
            if word == "close":
                self._say({"carpool": "closed", "session": id})
            elif word not in ("cancel", "unanswered"):
                _complain(f"session {id} is not open, and gets {message!r:.200}")
            return
        if word == "close":
            fork.closing = True
            if self._handlers.close is None:
                return fork.kill()
            fork.kill_at = time.monotonic() + _close_grace
        fork.unsent += _head.pack(_message, len(payload)) + payload
        self._flush(fork)

    def _start(self, id):
        near, far = socket.socketpair()
        sys.stdout.flush()
        sys.stderr.flush()
        try:
            pid = os.fork()
        except OSError as error:
            near.close()
            far.close()
            _complain_of(f"session {id} could not be forked")
            self._say({**_fault_of(error), "carpool": "lost", "session": id})
            return None
        if pid == 0:
            near.close()
            self._be(id, far)
        far.close()
        # Both sides do it: which one is first is open.
        try:
            os.setpgid(pid, pid)
        except (PermissionError, ProcessLookupError):
            pass
        near.setblocking(False)
        fork = self._forks[id] = _Fork(pid, near)
        self._selector.register(near, selectors.EVENT_READ, fork)
        return fork

    def _be(self, id, link):
        """The forked session. It never returns."""
        status = 1
        try:
            os.setpgid(0, 0)
            self._dies_with_parent()
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            # Closed, not unregistered: what the selector watches is shared. With a copy of its socket, this process would keep
            # another session from seeing the end of the parent.
            self._selector.close()
            for other in self._forks.values():
                other.link.close()
            self._woken.close()
            self._waker.close()
            os.close(_in)
            os.close(_out)
            _InFork(self._handlers, self._wire, link, self._opens).run()
            status = 0
        except SystemExit as exit:
            status = exit.code if isinstance(exit.code, int) else 0 if exit.code is None else 1
        except (BrokenPipeError, ConnectionResetError):
            pass
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)

    def _flush(self, fork):
        try:
            while fork.unsent:
                del fork.unsent[: fork.link.send(memoryview(fork.unsent)[:_chunk].tobytes())]
        except BlockingIOError:
            pass
        except (BrokenPipeError, ConnectionResetError):
            fork.unsent.clear()
        if not fork.at_end:
            wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if fork.unsent else 0)
            self._selector.modify(fork.link, wanted, fork)

    def _drain(self, fork):
        """Passes on what the fork has sent, frame by frame."""
        while not fork.at_end:
            try:
                chunk = fork.link.recv(_chunk)
            except BlockingIOError:
                break
            except ConnectionResetError:
                chunk = b""
            if not chunk:
                fork.at_end = True
                self._selector.unregister(fork.link)
            fork.unread += chunk
        while len(fork.unread) >= _head.size:
            kind, size = _head.unpack_from(fork.unread)
            if len(fork.unread) < _head.size + size:
                break
            payload = bytes(memoryview(fork.unread)[_head.size : _head.size + size])
            del fork.unread[: _head.size + size]
            if kind == _last_word:
                fork.has_said_why = True
            _write(_out, self._wire.frame(payload))

    def _reap(self):
        try:
            while self._woken.recv(1024):
                pass
        except BlockingIOError:
            pass
        for id, fork in list(self._forks.items()):
            pid, status = os.waitpid(fork.pid, os.WNOHANG)
            if pid == 0:
                continue
            self._drain(fork)
            if not fork.at_end:
                self._selector.unregister(fork.link)
            fork.link.close()
            del self._forks[id]
            # What the session has started, and left.
            try:
                os.killpg(fork.pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                pass
            if fork.closing:
                self._say({"carpool": "closed", "session": id})
            elif not fork.has_said_why and self._ending is None:
                message = f"its process (pid {fork.pid}) {_ended(status)}"
                self._say({"carpool": "lost", "session": id, "code": "fork-ended", "message": message})

    def _say(self, message):
        _write(_out, self._wire.frame(self._wire.encode(message)))


class _InFork(_Sessions):
    """The one session of a forked process. Its messages go through the parent."""

    def __init__(self, handlers, wire, link, opens):
        super().__init__(handlers, wire)
        self._link = link
        self._opens = opens

    def run(self):
        while True:
            message = self._held.popleft() if self._held else self.read()
            if message is None or message.get("carpool") == "close":
                break
            self.take(message)
            if not self._sessions:
                return
        for session in list(self._sessions.values()):
            self._end(session)

    def read(self):
        head = self._exactly(_head.size)
        if head is None:
            return None
        _, size = _head.unpack(head)
        payload = self._exactly(size)
        return None if payload is None else self._wire.decode(payload)

    def write(self, message):
        payload = self._wire.encode(message)
        kind = _last_word if message.get("carpool") == "lost" else _message
        self._link.sendall(_head.pack(kind, len(payload)) + payload)

    def _exactly(self, size):
        parts = []
        while size > 0:
            part = self._link.recv(min(size, _chunk))
            if not part:
                return None
            parts.append(part)
            size -= len(part)
        return b"".join(parts)


def _ended(status):
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        try:
            return f"was killed by {signal.Signals(number).name}"
        except ValueError:
            return f"was killed by signal {number}"
    return f"exited with code {os.WEXITSTATUS(status)}"


def _death_signal():
    """A function that has the kernel end this process with its parent, where the kernel can do that."""
    if sys.platform == "linux":
        try:
            import ctypes

            prctl, parent = ctypes.CDLL(None).prctl, os.getpid()
        except (ImportError, OSError, AttributeError):
            return lambda: None

        def ask():
            prctl(1, signal.SIGKILL)
            # It may have ended before we asked.
            if os.getppid() != parent:
                os._exit(1)

        return ask
    return lambda: None


def _fault(message, code):
    return {"message": str(message)} if code is None else {"message": str(message), "code": str(code)}


def _fault_of(error):
    code = getattr(error, "code", None)
    text = str(error)
    name = type(error).__name__
    return _fault(f"{name}: {text}" if text else name, code if isinstance(code, str) else None)


def _complain(text):
    print(text, file=sys.stderr, flush=True)


def _complain_of(text):
    _complain(f"{text}:\n{traceback.format_exc()}")


def _write(fd, data):
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]


def _decoded(wire, chunk):
    for payload in wire.payloads(chunk):
        try:
            message = wire.decode(payload)
        except (ValueError, RecursionError) as error:
            # The next line can be read; after any other garbage, nothing says where the next frame begins.
            if not wire.lines:
                raise _Unreadable(error) from error
            _complain(f"a line on stdin is no message: {error}: {bytes(payload[:200])!r}")
            continue
        if isinstance(message, dict):
            yield payload, message
        else:
            _complain(f"a message on stdin is no object: {message!r:.200}")


def _messages(wire, chunk):
    return [message for _, message in _decoded(wire, chunk)]


class _JsonLines:
    lines = True

    def __init__(self, max_frame_bytes):
        self._most = max_frame_bytes
        self._rest = bytearray()
        self._seen = 0

    def payloads(self, chunk):
        self._rest += chunk
        found = []
        while True:
            end = self._rest.find(b"\n", self._seen)
            if end < 0:
                self._seen = len(self._rest)
                break
            line = bytes(memoryview(self._rest)[:end])
            del self._rest[: end + 1]
            self._seen = 0
            if line.strip():
                found.append(line)
        if len(self._rest) > self._most:
            raise _Unreadable(f"a line of more than {self._most} bytes; raise max_frame_bytes")
        return found

    def frame(self, payload):
        _limit(payload, self._most)
        return payload + b"\n"

    def encode(self, message):
        text = json.dumps(message, ensure_ascii=False, separators=(",", ":"), allow_nan=False, default=_as_json)
        return _limit(text.encode(), self._most)

    def decode(self, payload):
        return json.loads(payload)


def _as_json(value):
    if isinstance(value, (bytes, bytearray, memoryview)):
        return base64.b64encode(value).decode()
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")


def _limit(payload, most):
    if len(payload) > most:
        raise ValueError(f"a message of {len(payload)} bytes is over the limit of {most}; raise max_frame_bytes")
    return payload


class _Msgpack:
    lines = False

    def __init__(self, max_frame_bytes):
        self._most = max_frame_bytes
        self._rest = bytearray()

    def payloads(self, chunk):
        self._rest += chunk
        found = []
        at = 0
        while len(self._rest) - at >= 4:
            size = int.from_bytes(self._rest[at : at + 4], "big")
            if size > self._most:
                raise _Unreadable(f"a frame of {size} bytes; the limit is {self._most}")
            if len(self._rest) - at - 4 < size:
                break
            found.append(bytes(memoryview(self._rest)[at + 4 : at + 4 + size]))
            at += 4 + size
        del self._rest[:at]
        return found

    def frame(self, payload):
        return len(payload).to_bytes(4, "big") + payload

    def encode(self, message):
        out = bytearray()
        _pack(message, out)
        return _limit(bytes(out), self._most)

    def decode(self, payload):
        try:
            value, end = _unpack(payload, 0)
        except (IndexError, struct.error) as error:
            raise ValueError("a message of MessagePack that is cut off") from error
        if end != len(payload):
            raise ValueError(f"{len(payload) - end} bytes follow the end of a message")
        return value


_codecs = {"json-lines": _JsonLines, "msgpack": _Msgpack}


def _sized(out, size, fixed, *codes):
    """Writes a type with its size: in one byte where `fixed`, (code, limit), allows it; else the first code that fits."""
    if fixed is not None and size < fixed[1]:
        out.append(fixed[0] | size)
        return
    for code, width in codes:
        if size < 1 << 8 * width:
            out.append(code)
            out += size.to_bytes(width, "big")
            return
    raise ValueError(f"{size} is too large for MessagePack")


def _pack(value, out):
    if value is None:
        out.append(0xC0)
    elif isinstance(value, bool):
        out.append(0xC3 if value else 0xC2)
    elif isinstance(value, int):
        _pack_int(value, out)
    elif isinstance(value, float):
        out += struct.pack(">Bd", 0xCB, value)
    elif isinstance(value, str):
        data = value.encode()
        _sized(out, len(data), (0xA0, 32), (0xD9, 1), (0xDA, 2), (0xDB, 4))
        out += data
    elif isinstance(value, (bytes, bytearray, memoryview)):
        data = bytes(value)
        _sized(out, len(data), None, (0xC4, 1), (0xC5, 2), (0xC6, 4))
        out += data
    elif isinstance(value, (list, tuple)):
        _sized(out, len(value), (0x90, 16), (0xDC, 2), (0xDD, 4))
        for item in value:
            _pack(item, out)
    elif isinstance(value, dict):
        _sized(out, len(value), (0x80, 16), (0xDE, 2), (0xDF, 4))
        for key, item in value.items():
            if not isinstance(key, str):
                raise TypeError(f"a key must be a str; this is {key!r:.80}")
            _pack(key, out)
            _pack(item, out)
    elif isinstance(value, datetime.datetime):
        since = value.astimezone(datetime.timezone.utc) - _epoch
        out += struct.pack(">BBbIq", 0xC7, 12, -1, since.microseconds * 1000, since.days * 86400 + since.seconds)
    else:
        raise TypeError(f"{type(value).__name__} cannot be written as MessagePack")


def _pack_int(value, out):
    if -32 <= value < 128:
        out += value.to_bytes(1, "big", signed=value < 0)
        return
    codes = (0xCC, 0xCD, 0xCE, 0xCF) if value >= 0 else (0xD0, 0xD1, 0xD2, 0xD3)
    for code, width in zip(codes, (1, 2, 4, 8)):
        try:
            data = value.to_bytes(width, "big", signed=value < 0)
        except OverflowError:
            continue
        out.append(code)
        out += data
        return
    raise ValueError(f"{value} is too large for MessagePack")


_epoch = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
_numbers = {
    0xCA: ">f", 0xCB: ">d", 0xCC: ">B", 0xCD: ">H", 0xCE: ">I", 0xCF: ">Q",
    0xD0: ">b", 0xD1: ">h", 0xD2: ">i", 0xD3: ">q",
}  # fmt: skip
_constants = {0xC0: None, 0xC2: False, 0xC3: True}
_strings = {0xD9: 1, 0xDA: 2, 0xDB: 4}
_bytes = {0xC4: 1, 0xC5: 2, 0xC6: 4}
_lists = {0xDC: 2, 0xDD: 4}
_maps = {0xDE: 2, 0xDF: 4}
_extensions = {0xC7: 1, 0xC8: 2, 0xC9: 4}
_fixed_extensions = {0xD4: 1, 0xD5: 2, 0xD6: 4, 0xD7: 8, 0xD8: 16}


def _unpack(data, at):
    """The value at this position, and the position after it."""
    code = data[at]
    at += 1
    if code < 0x80:
        return code, at
    if code < 0x90:
        return _unpack_map(data, at, code & 0x0F)
    if code < 0xA0:
        return _unpack_list(data, at, code & 0x0F)
    if code < 0xC0:
        return _text(data, at, code & 0x1F)
    if code >= 0xE0:
        return code - 256, at
    if code in _constants:
        return _constants[code], at
    if code in _numbers:
        kind = _numbers[code]
        return struct.unpack_from(kind, data, at)[0], at + struct.calcsize(kind)
    for widths, read in ((_strings, _text), (_bytes, _slice), (_lists, _unpack_list), (_maps, _unpack_map)):
        if code in widths:
            width = widths[code]
            return read(data, at + width, int.from_bytes(_slice(data, at, width)[0], "big"))
    if code in _extensions:
        width = _extensions[code]
        return _extension(data, at + width, int.from_bytes(_slice(data, at, width)[0], "big"))
    if code in _fixed_extensions:
        return _extension(data, at, _fixed_extensions[code])
    raise ValueError(f"0x{code:02x} begins no value of MessagePack")


def _slice(data, at, size):
    if at + size > len(data):
        raise IndexError
    return data[at : at + size], at + size


def _text(data, at, size):
    found, at = _slice(data, at, size)
    return found.decode(), at


def _unpack_list(data, at, size):
    items = []
    for _ in range(size):
        item, at = _unpack(data, at)
        items.append(item)
    return items, at


def _unpack_map(data, at, size):
    items = {}
    for _ in range(size):
        key, at = _unpack(data, at)
        if not isinstance(key, str):
            raise ValueError(f"a key must be text; this is {key!r:.80}")
        items[key], at = _unpack(data, at)
    return items, at


def _extension(data, at, size):
    kind = struct.unpack_from(">b", data, at)[0]
    body, at = _slice(data, at + 1, size)
    if kind != -1 or size not in (4, 8, 12):
        raise ValueError(f"extension {kind} of MessagePack, of {size} bytes")
    if size == 12:
        nanoseconds, seconds = struct.unpack(">Iq", body)
    else:
        both = int.from_bytes(body, "big")
        nanoseconds, seconds = (both >> 34, both & (1 << 34) - 1) if size == 8 else (0, both)
    return _epoch + datetime.timedelta(seconds=seconds, microseconds=nanoseconds // 1000), at
