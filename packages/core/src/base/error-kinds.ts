/** The codes of errors: what each means, and what to do. */

/** What is unusable after the error: only this call, the session, the child, the pool, the hub, the shared worker, the run. */
export type ErrorScope = 'call' | 'session' | 'child' | 'pool' | 'hub' | 'shared worker' | 'run';

/** Where the mistake is, as far as is known: in the test, the child, the pool's protocol, the set-up, or Carpool itself. */
export type ErrorBlame = 'test' | 'child' | 'protocol' | 'setup' | 'carpool';

/** One row of this table. docs/errors.md is made from it. */
export interface ErrorKind {
  readonly scope: ErrorScope;
  readonly blame: ErrorBlame;
  /** One sentence: what is so. */
  readonly meaning: string;
  /** One or two sentences: what to do. */
  readonly remedy: string;
}

/** The codes of `CarpoolError`; docs/errors.md says of each what it means and what to do. */
export type ErrorCode =
  | 'CHILD_NOT_STARTED'
  | 'CHILD_NO_HELLO'
  | 'CHILD_NOT_READY'
  | 'CHILD_VERSION'
  | 'CHILD_EXITED'
  | 'CHILD_SILENT'
  | 'CHILD_UNKILLABLE'
  | 'FRAME_TOO_LARGE'
  | 'FRAME_MALFORMED'
  | 'FRAME_TRUNCATED'
  | 'PROTOCOL_FAILED'
  | 'SESSION_REFUSED'
  | 'SESSION_MISUSED'
  | 'SESSION_FAILED'
  | 'SESSION_CLOSED'
  | 'SESSION_OVERFLOW'
  | 'SESSION_DIAGNOSTICS'
  | 'SESSION_LEAKED'
  | 'REQUEST_TIMEOUT'
  | 'CALL_NOT_AWAITED'
  | 'NOT_RECORDED'
  | 'POOL_FULL'
  | 'POOL_QUEUE_TIMEOUT'
  | 'ALREADY_REGISTERED'
  | 'POOL_CLOSED'
  | 'POOL_GAVE_UP'
  | 'HUB_UNREACHABLE'
  | 'HUB_REJECTED'
  | 'HUB_LOST'
  | 'SHARED_WORKER_FAILED'
  | 'SHARED_WORKER_PROTOCOL'
  | 'LEASE_INVALID'
  | 'LEASE_TAKEN'
  | 'LEASE_TIMEOUT'
  | 'LEASE_DEADLOCK'
  | 'LEASE_LOST'
  | 'ONCE_FAILED'
  | 'REACH_UNAVAILABLE'
  | 'GOLDEN_MISMATCH'
  | 'GOLDEN_MISSING'
  | 'GOLDEN_INVALID'
  | 'CONFIG_INVALID';

/** Every code with what it means and what to do about it. docs/errors.md shows it. */
export const errorKinds: Readonly<Record<ErrorCode, ErrorKind>> = {
  CHILD_NOT_STARTED: {
    scope: 'pool',
    blame: 'setup',
    meaning: 'The command of a pool could not be started: it was not found, is not executable, or the system refused.',
    remedy: 'Correct `command` or install the program. The error lists where it was looked for.',
  },
  CHILD_NO_HELLO: {
    scope: 'child',
    blame: 'child',
    meaning: 'The child started, but did not say its hello in time, or said something else first.',
    remedy:
      'Look at what it printed, in the evidence: a banner belongs on stderr, and where messages are lines, each ends with a newline. If it is slow, raise `helloTimeout`.',
  },
  CHILD_NOT_READY: {
    scope: 'pool',
    blame: 'child',
    meaning: 'A server was not ready in time, or `start` of its config failed.',
    remedy:
      'The error says what was looked for, what the last attempt found, and shows the log of the server. If it is slow, raise `readyTimeout`.',
  },
  CHILD_VERSION: {
    scope: 'pool',
    blame: 'setup',
    meaning: 'The child speaks another version of its protocol.',
    remedy: 'Install the version that the error names, or set the version in the pool.',
  },
  CHILD_EXITED: {
    scope: 'child',
    blame: 'child',
    meaning: 'The child exited while sessions were open. Every open session of that child fails with this error.',
    remedy:
      'Read the exit status and the end of its stderr in the evidence. The next `register` starts a new child by itself.',
  },
  CHILD_SILENT: {
    scope: 'child',
    blame: 'child',
    meaning:
      'The child did not confirm the end of a session, and then answered nothing at all, so it was killed. Every open session of that child fails with this error.',
    remedy:
      'The error names what it was sent before it fell silent, and by which test. If it is only slow, raise `closeTimeout` or `probeTimeout`.',
  },
  CHILD_UNKILLABLE: {
    scope: 'child',
    blame: 'child',
    meaning: 'The child was still running after the last rung of the stop ladder.',
    remedy: 'Look at the process with the pid in the error: it is probably in an uninterruptible wait of the kernel.',
  },
  FRAME_TOO_LARGE: {
    scope: 'child',
    blame: 'child',
    meaning:
      'A frame is larger than the limit. To the child, only that call fails. From the child, the rest of the stream cannot be read, and the child is replaced.',
    remedy:
      'Raise `maxFrameBytes` if the message is meant to be that large. If the size is absurd, something is printing to stdout.',
  },
  FRAME_MALFORMED: {
    scope: 'child',
    blame: 'child',
    meaning: 'The bytes that arrived are not a message of the codec, or the codec cannot write a value that was sent.',
    remedy:
      'Look at the bytes in the evidence. Is something printing to stdout, or is the `codec` of the pool another one?',
  },
  FRAME_TRUNCATED: {
    scope: 'child',
    blame: 'child',
    meaning: 'The stream ended in the middle of a frame.',
    remedy: 'The child died or closed its stdout while it was writing. The exit status and stderr are in the evidence.',
  },
  PROTOCOL_FAILED: {
    scope: 'session',
    blame: 'protocol',
    meaning: "A function of the pool's protocol threw: `hello`, `open`, `close`, `route` or `address`.",
    remedy: 'The error says which, what it threw and where. Fix the protocol.',
  },
  SESSION_REFUSED: {
    scope: 'call',
    blame: 'test',
    meaning: 'The child, or the pool in its place, refused this call. The session stays open.',
    remedy: 'The error quotes the reason.',
  },
  SESSION_MISUSED: {
    scope: 'call',
    blame: 'test',
    meaning:
      'The call does not fit where it stands: outside of a test, in a scope that there is not, on a session that is not open yet, about a document that is not open, or in a second loop over the same events.',
    remedy: 'The error says what to write instead.',
  },
  SESSION_FAILED: {
    scope: 'session',
    blame: 'child',
    meaning: 'The child ended this session by itself. Its other sessions stay open.',
    remedy: "The error quotes the child's own code and message.",
  },
  SESSION_CLOSED: {
    scope: 'call',
    blame: 'test',
    meaning: 'The session was used after its end.',
    remedy:
      'The error says what ended it and when. A session belongs to one test: do not keep it in a module variable, and await everything a test starts.',
  },
  SESSION_OVERFLOW: {
    scope: 'session',
    blame: 'test',
    meaning: 'Too much is waiting in this session: unread events, or bytes that the other side does not read.',
    remedy: 'Read `session.events()`, send less at once, or raise `maxUnreadEvents` of the pool.',
  },
  SESSION_DIAGNOSTICS: {
    scope: 'session',
    blame: 'test',
    meaning:
      "The child found fault with what this session sent, or `close` of a server with what it left, such as open connections; and the pool has `diagnostics: 'fail'`, or the server can bear no more of that. It comes at the end of the session; its slot is free.",
    remedy: "Correct what the error lists. If the child is wrong, leave out `diagnostics: 'fail'`.",
  },
  SESSION_LEAKED: {
    scope: 'session',
    blame: 'test',
    meaning:
      "A test left something behind in a session, with `leaks: 'fail'`: an end that the child did not confirm though it answered something else meanwhile, a loop that still waited for events, or a call after the end of the test.",
    remedy:
      'The error names the place. Leave the loop or end its session (`await using`) before the test ends, and await what the test begins. If a child is slow to confirm, raise `closeTimeout` of the pool.',
  },
  REQUEST_TIMEOUT: {
    scope: 'call',
    blame: 'child',
    meaning:
      "No reply came in time. A late reply is dropped. Of `register`: its `timeout` or its test ended while the child was starting, or `open` had not ended, or there was no connection so far to the host of another machine; the start goes on, and what opens too late is closed. Of a test with a pool of `diagnostics: 'fail'` or `leaks: 'fail'`: its sessions did not end in time, so what was found is not known.",
    remedy:
      'The evidence holds the last messages of the session, or the log of the child. If the child is slow, pass a larger `timeout`, or raise that of the test. A slow start is best outside of the time of a test: in a fixture, or in a hook for all tests.',
  },
  CALL_NOT_AWAITED: {
    scope: 'call',
    blame: 'test',
    meaning:
      'A test that had passed ended before it had what it called for (a reply, an event, a session, a lock, …), or it never awaited the call, and so went on without it.',
    remedy:
      'Await the call. To leave it on purpose handle its failure, as in `.catch(() => {})` or `Promise.race`, or abort its `signal`, or `unregister` its session.',
  },
  NOT_RECORDED: {
    scope: 'call',
    blame: 'test',
    meaning:
      'A pool is answered from recordings (`CARPOOL_REPLAY`, or `replay` of carpool/testing), and they do not have what a test has asked for: its test, a session of it, or a message.',
    remedy:
      'The error shows the nearest message that was recorded, and where it differs. If the test is right, record it again: run it with CARPOOL_TRANSCRIPT=DIR where the program is installed.',
  },
  POOL_FULL: {
    scope: 'call',
    blame: 'test',
    meaning: 'No slot is free, and the call does not wait, or the queue is full.',
    remedy: 'The error names the holders. Unregister sessions (`await using`), raise `maxSessions`, or wait.',
  },
  POOL_QUEUE_TIMEOUT: {
    scope: 'call',
    blame: 'test',
    meaning: 'No slot became free in time.',
    remedy:
      'The error names the holders, or says that the queue moved on without its turn, and the limit that it was. Unregister sessions (`await using`), raise `maxSessions`, run fewer tests at once, or raise that limit: `timeout` of the call, `registerTimeout` of the pool, the time-out of the test.',
  },
  ALREADY_REGISTERED: {
    scope: 'call',
    blame: 'test',
    meaning: 'The owner key already has a session of this pool.',
    remedy: 'Use the session that the error names, or register with another `owner` or with none.',
  },
  POOL_CLOSED: {
    scope: 'pool',
    blame: 'test',
    meaning: 'The pool is closed, or closing, and takes no more sessions.',
    remedy: 'Register before the pool is closed; start a new pool for more.',
  },
  POOL_GAVE_UP: {
    scope: 'pool',
    blame: 'child',
    meaning: 'The child failed too often within a short time, so the pool stopped starting new ones.',
    remedy: 'The cause is the last failure. Fix the child, or allow more failures with `restarts`.',
  },
  HUB_UNREACHABLE: {
    scope: 'hub',
    blame: 'setup',
    meaning: 'A test worker could not reach the host process.',
    remedy:
      "Where the error names no address: is the adapter's global setup configured? Where it does, the host has ended or could not start; the error says why, and shows what the host printed. Where it names the host of this machine, docs/machine.md says where that one is found.",
  },
  HUB_REJECTED: {
    scope: 'hub',
    blame: 'setup',
    meaning:
      'The host refused this connection: wrong token, another version of Carpool, or too many workers; or the address of a session that has ended, or with which another process has joined.',
    remedy:
      'Make sure one version of `carpool` and its adapter is installed, and that the address was not edited. For a process that joins a session, call `session.address()` once for each process, and await the process before the test ends.',
  },
  HUB_LOST: {
    scope: 'hub',
    blame: 'carpool',
    meaning: 'The connection to the host ended while it was in use, or the host does not answer.',
    remedy:
      "Where it was ended on purpose, by `carpool stop` or `carpool address --revoke`, the error says so. Else the host was killed or has crashed: the runner's stderr says how it ended, or the log of the host of the machine, which the error names. Or it is stopped, or blocked by code of the config, such as a `route` that does not return. Run the tests again; report it if the host crashed.",
  },
  SHARED_WORKER_FAILED: {
    scope: 'shared worker',
    blame: 'setup',
    meaning: 'A shared worker could not be started, was not ready in time, crashed, exited, or did not answer.',
    remedy: 'The error names its file, how it ended and what it printed last. Other tests are not affected.',
  },
  SHARED_WORKER_PROTOCOL: {
    scope: 'shared worker',
    blame: 'setup',
    meaning: 'A shared worker and the test that uses it have no protocol in common.',
    remedy: "Offer `supportedProtocols: ['ava-4']`, and negotiate it in the worker.",
  },
  LEASE_INVALID: {
    scope: 'call',
    blame: 'test',
    meaning:
      'The call to a lock, a semaphore, a reservation or `once` is not valid: the name is in use with another kind or size, say, or the weight is not a whole number from 1 to the size.',
    remedy: 'Use one kind and one size for each name; the error says which are in use.',
  },
  LEASE_TAKEN: {
    scope: 'call',
    blame: 'test',
    meaning: 'It is held by others, and the call does not wait.',
    remedy: 'The error names the holders. Wait with `acquire()`, or do something else meanwhile.',
  },
  LEASE_TIMEOUT: {
    scope: 'call',
    blame: 'test',
    meaning: 'It was not released, or the value of `once` was not computed, before the deadline.',
    remedy:
      'The error names the holders: which test, for how long, taken where. Release earlier (`using`), or raise what limited the wait, which the error names: `timeout`, or the time-out of the test, on whose time a lock under `locks` in the config does not wait. That is of no use where the test that waits holds it itself, in another flow.',
  },
  LEASE_DEADLOCK: {
    scope: 'call',
    blame: 'test',
    meaning: 'The call would deadlock: it would close a cycle of tests that wait for each other.',
    remedy: 'Acquire in the same order everywhere; the error lists the cycle.',
  },
  LEASE_LOST: {
    scope: 'call',
    blame: 'carpool',
    meaning:
      'A lease ended before it was released, or what waits for one can get none: its owner has ended, or the host that kept it is gone. A test that held something in the scope `machine` when the host of the machine went, or in the scope `reach` when the server was lost, and did not ask for `lost`, fails with it at its end.',
    remedy:
      'Take it with a scope that lasts long enough: `test`, `file` or `worker`. If the host of the machine is gone, other runs may have had the same meanwhile: run the test again, and see who ended that host (its log is in the folder that `carpool serve` names). `lease.lost` is a signal for what should stop then.',
  },
  ONCE_FAILED: {
    scope: 'call',
    blame: 'test',
    meaning: 'The `compute` function passed to `once` threw, in the test that computed the value.',
    remedy: 'The cause is what it threw. The next call computes the value again.',
  },
  REACH_UNAVAILABLE: {
    scope: 'call',
    blame: 'setup',
    meaning: 'What the hosts of a run on several machines share cannot be reached, or cannot be used as it is.',
    remedy:
      'The error says why: no server at the address, wrong credentials, a server without JetStream, no id of the run. docs/reach.md says what is needed.',
  },
  GOLDEN_MISMATCH: {
    scope: 'call',
    blame: 'test',
    meaning: 'What a test has got differs from its golden file.',
    remedy: 'Look at the files that the error names. If the new result is right, accept it as the error says.',
  },
  GOLDEN_MISSING: {
    scope: 'call',
    blame: 'test',
    meaning: 'There is no golden file, and this run writes none: it runs in CI, or the runner was started so.',
    remedy: 'Run the test once where golden files are written, look at the new file, and commit it.',
  },
  GOLDEN_INVALID: {
    scope: 'call',
    blame: 'test',
    meaning: 'There is nothing to compare, a golden file cannot be read, or its name or its place cannot be used.',
    remedy: 'The error says what was found, and what to write instead.',
  },
  CONFIG_INVALID: {
    scope: 'run',
    blame: 'setup',
    meaning: 'The config cannot be loaded, or contains something that is not allowed.',
    remedy: 'The error names the file, the path in it, what was found and what is allowed.',
  },
};
