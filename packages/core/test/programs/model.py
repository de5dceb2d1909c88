# A process that is written with `carpool_child`, as model.mjs in JavaScript. --msgpack, --fork, --version=N.
import os
import signal
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../python"))
from carpool_child import serve  # noqa: E402

print("loading the model")
version = next((int(word[10:]) for word in sys.argv if word.startswith("--version=")), 2)
loaded_by = os.getpid()


class Zero(Exception):
    code = "zero"


class Full(Exception):
    code = "full"


def open(session):
    if session.params and session.params.get("refuse"):
        raise Full("there is no room")
    session.opened = {"device": "cpu"}
    return {"total": 0}


def message(session, message):
    if message["type"] == "add":
        session.state["total"] += message["value"]
    elif message["type"] == "poke":
        session.send({"type": "poked", "value": message["value"]})
    else:
        raise ValueError(f"cannot take {message['type']}")


def request(session, message):
    kind = message["type"]
    if kind == "total":
        return {"type": "total", "value": session.state["total"], "params": session.params}
    if kind == "echo":
        return {"type": "echoed", "value": message["value"]}
    if kind == "walk":
        for n in range(1, message["steps"] + 1):
            session.step({"type": "visited", "n": n})
        return {"type": "walked"}
    if kind == "convert":
        return {"type": "converted", "value": message["value"] * session.ask({"type": "rate?"})["rate"]}
    if kind == "print":
        print("a line")
        sys.stdout.write("no newline")
        return {"type": "printed"}
    if kind == "pid":
        return {"type": "pid", "pid": os.getpid(), "parent": loaded_by}
    if kind == "none":
        return None
    if kind == "fail":
        raise Zero("cannot divide by zero")
    if kind == "lose":
        session.fail("the model is full", "full")
        return {}
    if kind == "die":
        os._exit(3)
    if kind == "hang":
        signal.pause()
    if kind == "start":
        return {"type": "started", "pid": subprocess.Popen(["sleep", "1000"]).pid}
    raise ValueError(f"no such request: {kind}")


def close(session):
    if session.params and session.params.get("keep"):
        raise OSError("the folder is not empty")


serve(
    open=open,
    message=message,
    request=request,
    close=None if "--without-close" in sys.argv else close,
    hello={"version": version},
    codec="msgpack" if "--msgpack" in sys.argv else "json-lines",
    fork="--fork" in sys.argv,
)
