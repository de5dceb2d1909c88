/**
 * What the user of a connection may do. The server drops what is not permitted, and says so on the side: what waits for an
 * answer would wait, and what nobody answers would be lost. So all that leases need is asked for before the first of them.
 */
import { createInbox, headers, PermissionViolationError, type NatsConnection } from '@nats-io/transport-node';
import { Forbidden } from './store.ts';

/** The end of subjects that are asked for, and the name of no stream: so none takes what is published there. */
const probe = 'permitted';

/** @param bucket its name @throws Forbidden with all that is not permitted */
export async function checkPermissions(connection: NatsConnection, bucket: string): Promise<void> {
  const found: PermissionViolationError[] = [];
  let over = false;
  const watch = async (): Promise<void> => {
    for await (const status of connection.status()) {
      if (over) return;
      if (status.type === 'error' && status.error instanceof PermissionViolationError) found.push(status.error);
    }
  };
  void watch();
  const subscription = connection.subscribe(`carpool.${bucket}.>`, { callback: () => {} });
  // A stream that this names takes it, and no other.
  const expected = headers();
  expected.set('Nats-Expected-Stream', probe);
  for (const subject of published(bucket)) connection.publish(subject, undefined, { headers: expected });
  // A connection that is lost meanwhile comes back: what is not permitted then is found by what needs it.
  await connection.flush().catch(() => {});
  // Statuses that came before are told by then.
  await new Promise<void>((resolve) => setImmediate(resolve));
  over = true;
  subscription.unsubscribe();
  if (found.length > 0) throw new Forbidden(describe(found), { cause: found[0] });
}

/** One of each pattern that the documentation lists, but for that of the API: that is asked by a request. */
function published(bucket: string): string[] {
  return [
    `$KV.${bucket}.${probe}`,
    ...['M', 'C'].map((part) => `$O.${bucket}_values.${part}.${probe}`),
    `$JS.FC.OBJ_${bucket}_values.${probe}.${probe}`,
    `carpool.${bucket}.${probe}`,
    createInbox(),
  ];
}

/** What is thrown is, or is because of, something that is not permitted. */
export function forbiddenIn(thrown: unknown): Forbidden | undefined {
  if (thrown instanceof Forbidden) return thrown;
  const { cause } = thrown as { readonly cause?: unknown };
  const found = [thrown, cause].find((one): one is PermissionViolationError => one instanceof PermissionViolationError);
  return found && new Forbidden(describe([found]), { cause: thrown });
}

/** A clause. */
function describe(violations: readonly PermissionViolationError[]): string {
  const all = violations.map(
    ({ operation, subject }) =>
      `${operation === 'subscription' ? 'subscribe' : 'publish'} to ${JSON.stringify(subject)}`,
  );
  return `its user may not ${[...new Set(all)].join(', and not ')}, which leases need; docs/reach.md, "Sizing", lists all`;
}
