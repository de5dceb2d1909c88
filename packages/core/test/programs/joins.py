"""Joins the session whose address is in CARPOOL_SESSION, and does what its lines of stdin say: one JSON answer each."""

import json
import sys

from carpool_join import SessionError, join_session


def answer(fields):
    print(json.dumps(fields), flush=True)


try:
    session = join_session()
except SessionError as error:
    answer({"code": error.code, "words": str(error)})
    sys.exit(0)
answer({"id": session.id, "pool": session.pool, "hello": session.hello})
for line in sys.stdin:
    call, fields = json.loads(line)
    steps = []
    try:
        if call == "request":
            fields["step"] = steps.append
        found = getattr(session, call)(**fields)
        answer({"found": found, "steps": len(steps)})
    except SessionError as error:
        answer({"code": error.code, "words": str(error)})
