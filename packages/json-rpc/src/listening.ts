/** Which of the server's notifications that are for no session in particular a session gets. */

/** True: all. */
export type Listening = boolean | readonly string[];

/** What the caller of `register` passes on, where it wants other notifications than the pool says. */
export interface JsonRpcSessionParams {
  /** Methods of the server's notifications that name no session; true: all. Default: `notifications` of the pool. */
  readonly notifications?: Listening;
}

export function listeningOf(params: unknown, byDefault: Listening): Listening {
  if (typeof params !== 'object' || params === null || !('notifications' in params)) return byDefault;
  return (params as JsonRpcSessionParams).notifications ?? byDefault;
}

/** The sessions that want this notification. */
export function listenersOf(
  method: string,
  sessions: Iterable<readonly [string | number, Listening]>,
): (string | number)[] {
  const wants = (listening: Listening): boolean =>
    typeof listening === 'boolean' ? listening : listening.includes(method);
  return [...sessions].filter(([, listening]) => wants(listening)).map(([id]) => id);
}
