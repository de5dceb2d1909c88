/**
 * How a connection to another machine is found to be half-open within 10 s, at both ends: the other machine is gone, or the
 * network between is cut, and no end of the connection comes. The client pings whenever nothing has come for a turn.
 */

/** Given up after 7 to 8.4 s; a host whose machine answers, and which may be busy alone, after 11.2 to 12.6 s, as on one machine. */
export const remoteHeartbeat = { interval: 1_400, limit: 4, limitIfThere: 7 } as const;

/** Milliseconds after which the system asks for a sign of life of its own, each second. */
export const keepAliveDelay = 2_000;
