/** What a process says about its sessions, and what it gets. */

/** A message: an object of plain data. The fields `session`, `id` and `carpool` are Carpool's, which sets them. */
export type ChildMessage = Readonly<Record<string, unknown>>;

/** A session, as the process sees it. */
export interface ChildSession<State = unknown, Params = unknown> {
  /** The id under which Carpool knows it: "s1". */
  readonly id: string | number;
  /** What `register`, or a fixture, was given as `params`; `undefined`: nothing. */
  readonly params: Params | undefined;
  /** What `open` returned; `undefined` until then. */
  readonly state: State;
  /** Aborted when the session ends. */
  readonly signal: AbortSignal;
  /** What the test gets as `session.opened`, besides `session`; `open` may set it. */
  opened: ChildMessage;
  /** Sends an event. Dropped if the session has ended. @throws if the message cannot be written */
  send(message: ChildMessage): void;
  /**
   * Asks the test, and resolves with its answer: what the function given to `session.answer` there returned.
   * @throws Error if there is no answer: nothing answers questions there, or the session has ended
   */
  ask(message: ChildMessage): Promise<ChildMessage>;
  /** Finds fault with what the session sent; `diagnostics` of the pool says what that does. */
  diagnose(fault: ChildFault): void;
  /** Ends the session from this side: its pending calls fail with `SESSION_FAILED` and this text. `close` is called first. */
  fail(fault: ChildFault): void;
}

/** What is wrong, in the words of the process. */
export interface ChildFault {
  /** Its own code, if there is one: `error.context.childCode`. */
  readonly code?: string | undefined;
  readonly message: string;
}

/** A request under way. */
export interface ChildCall {
  /** The id of the request. */
  readonly id: string | number;
  /** Aborted when the reply is no longer awaited: the test has given the request up, or the session ends. */
  readonly signal: AbortSignal;
  /** Sends a step, which precedes the reply: `session.interact` yields it. @throws if the message cannot be written */
  step(message: ChildMessage): void;
}

/** What a process does. Each function may return a promise; sessions do not wait for each other. */
export interface ServeOptions<State, Params = unknown> {
  /** Begins a session; what it returns is `session.state`. What it throws ends the session, with its text. */
  open?(session: ChildSession<undefined, Params>): State | Promise<State>;
  /** Answers a request; what it throws refuses this request, with its text and its `code`. */
  request?(session: ChildSession<State, Params>, message: ChildMessage, call: ChildCall): ChildReply;
  /** Takes a message that has no reply; what it throws is a diagnostic of the session. */
  message?(session: ChildSession<State, Params>, message: ChildMessage): void | Promise<void>;
  /**
   * Puts in order what is left of a session. It is called when all calls of the session have settled; then its end is
   * confirmed. What it throws is shown, and the end is not confirmed.
   */
  close?(session: ChildSession<State, Params>): void | Promise<void>;
  /** What the process says of itself: `session.hello`. Name its `version` here for `hello.version` of the protocol. */
  readonly hello?: ChildMessage;
  /** How messages are written, as `codec` of the pool. Default `json-lines`. */
  readonly codec?: 'json-lines' | 'msgpack';
  /** Bytes of one frame, as `maxFrameBytes` of the pool. Default 64 MiB. */
  readonly maxFrameBytes?: number;
}

/** A reply, at once or later. */
export type ChildReply = ChildMessage | Promise<ChildMessage>;
