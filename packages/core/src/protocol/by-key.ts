/**
 * The type of `byKey`. An object, whose type is the same in both sets of declarations, those for `import` and those for
 * `require`; and no session has one as its id.
 */
export interface ByKey {
  readonly session: 'by key';
}

/**
 * In place of the session in the route of a reply, a refusal or a step that carries the id of its request alone, as those of
 * JSON-RPC do: the session is that whose request waits under `key`, of all sessions and of what is outside them. So the keys
 * that `address` gives must be unique over the connection, as `call` is; a request under a key that another session waits
 * for is refused. Where no request waits, the message is passed over, and is in the evidence of what times out.
 * @example
 * route: (frame) => ({ as: 'reply', to: byKey, key: String(frame.fields(['id'])['id']) })
 */
export const byKey: ByKey = Object.freeze({ session: 'by key' });
