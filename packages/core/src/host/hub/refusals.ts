/** What a client is refused that does not keep to docs/wire.md; no test is to blame for it. */
import { CarpoolError } from '../../base/errors.ts';
import type { HubLimits } from './limits.ts';
import type { PeerKind } from './peer-hub.ts';

/** The wire has no room for larger numbers. */
const largestNumber = 0xffff_ffff;

/** @throws CarpoolError SESSION_REFUSED */
export function checkSessionNumber(session: number, taken: boolean): void {
  if (!Number.isSafeInteger(session) || session <= 0 || session > largestNumber) {
    const message = `Cannot register: the number of a session is from 1 to ${largestNumber}, and not ${String(session)}`;
    throw new CarpoolError('SESSION_REFUSED', message, { blame: 'carpool' });
  }
  if (!taken) return;
  throw new CarpoolError('SESSION_REFUSED', `The worker has a session ${session} already`, { blame: 'carpool' });
}

/** For a request in a session that was never there, or has ended. */
export function noSession(session: number): CarpoolError {
  return new CarpoolError('SESSION_REFUSED', `Cannot send: the worker has no session ${session}`, { blame: 'carpool' });
}

/** For an address of a session that was never there, or has ended. */
export function noSessionToJoin(): CarpoolError {
  return new CarpoolError('SESSION_CLOSED', 'Cannot make an address: the session has ended');
}

/** For a worker that would join a session. */
export function notOfSession(): CarpoolError {
  const message = 'Only a process with the token of a session can join one';
  return new CarpoolError('HUB_REJECTED', message, { scope: 'call' });
}

export function unknownKind(kind: number): CarpoolError {
  const message = `The worker sent a frame of kind ${kind}, which is no kind of a worker`;
  return new CarpoolError('FRAME_MALFORMED', message);
}

export function unknownMethod(request: never): CarpoolError {
  const { method } = request as { readonly method?: unknown };
  const message = `The host knows no method ${JSON.stringify(method) ?? 'at all'}; does the worker have another version of \`carpool\`?`;
  return new CarpoolError('HUB_REJECTED', message, { scope: 'call', blame: 'carpool' });
}

export function noPool(name: string, pools: Iterable<string>): CarpoolError {
  const allowed = [...pools];
  const known = allowed.map((other) => JSON.stringify(other)).join(', ');
  const has = known === '' ? 'the config has no pools' : `the config has ${known}`;
  return new CarpoolError('CONFIG_INVALID', `There is no pool ${JSON.stringify(name)}: ${has}`, {
    scope: 'call',
    context: { path: `pools.${name}`, found: name, allowed },
  });
}

/** Why no other one of this kind is admitted, if none is. @param connected those that are, with itself */
export function fullFor(kind: PeerKind, connected: number, { maxPeers }: HubLimits): string | undefined {
  const many = kind === 'joined process' ? 'joined processes' : 'workers';
  return connected > maxPeers ? `${maxPeers} ${many} are connected already, and that is the limit` : undefined;
}
