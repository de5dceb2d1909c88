from carpool_child import serve  # first: what is printed from here on goes to stderr

print("loading")
weights = {"tree": 3, "house": 5}  # what takes seconds to load, once for all tests


def open(session):
    # In a copy of this process: what a session changes, here or in a library, no other session sees.
    weights.update(session.params or {})
    return []


def message(session, message):
    session.state.append(message["word"])


def request(session, message):
    return {"type": "weight", "value": sum(weights[word] for word in session.state)}


serve(open=open, message=message, request=request, fork=True)
