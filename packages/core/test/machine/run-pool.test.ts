/** What becomes of the calls of other hosts when the host leaves: those that wait go elsewhere, and what has a slot is opened. */
import { expect, test } from 'vitest';
import { Cancellation } from '../../src/base/cancellation.ts';
import type { PoolDefinition } from '../../src/definitions/pool-definition.ts';
import { RunPool } from '../../src/machine/run-pool.ts';
import type { OpenOptions, Registration } from '../../src/pool/registration.ts';
import type { ChildPool } from '../../src/pool/pool.ts';
import { failure } from '../support/failure.ts';
import { killChild, openedProtocol, openingInVain, opensOne } from '../support/opens-one.ts';
import { turn } from '../support/placing.ts';
import { pool, until } from '../support/pools.ts';

const site = { stack: '' };
const listener = { event: () => {}, ask: () => {}, closed: () => {} };

/** A run of another host. */
class Guest {
  readonly #until = new Cancellation();
  readonly #pool: RunPool;

  constructor(shared: ChildPool) {
    const definition = { watched: { files: [], globs: [] } } as unknown as PoolDefinition;
    this.#pool = new RunPool(shared, definition, { until: this.#until, leave: () => {}, changed: () => {} });
  }

  register(options: OpenOptions = {}): Promise<Registration> {
    return this.#pool.open(options, listener, site);
  }

  hostLeaves(): void {
    this.#until.abort(() => new Error('the host leaves'));
  }
}

const sentAway =
  /^Cannot register a session: the host of pool "echoes" ends, and takes no more sessions of other hosts$/;

async function isSentAway(registering: Promise<Registration>): Promise<void> {
  expect((await failure(registering, 'POOL_FULL')).message).toMatch(sentAway);
}

test('what waits is sent away, and what comes after that finds no slot, though one is free', async () => {
  const shared = pool('echo', { maxSessions: 1 });
  const guest = new Guest(shared);
  const first = await guest.register();
  const waits = guest.register();
  expect(shared.stats().queued).toBe(1);
  guest.hostLeaves();
  await isSentAway(waits);
  expect(shared.stats()).toMatchObject({ open: 1, queued: 0 });
  void first.conversation.close({ by: 'user', at: 0 } as never, 2_000);
  await first.conversation.released;
  expect(shared.stats().open).toBe(0);
  await isSentAway(guest.register());
  expect(shared.stats()).toMatchObject({ open: 0, sessions: 1 });
});

test('one that has a slot is opened, though its child still starts', async () => {
  const shared = pool('slow-start', { maxSessions: 1 });
  const guest = new Guest(shared);
  const starts = guest.register();
  const waits = guest.register();
  await turn();
  expect(shared.status(1)).toMatchObject({ open: 1, queued: 1, children: [{ state: 'starting' }] });
  guest.hostLeaves();
  await isSentAway(waits);
  await starts;
  expect(shared.stats()).toMatchObject({ open: 1, queued: 0, sessions: 1 });
});

test('one that has waited, and has a slot now, is opened', async () => {
  const shared = pool('opens-late', { maxSessions: 2, protocol: openedProtocol });
  const guest = new Guest(shared);
  const first = await shared.register();
  const opening = shared.register();
  await until('it is being opened', () => shared.status(2).sessions[1]?.id === 's2');
  await first.request({ type: 'let-in' });
  const waited = guest.register();
  expect(shared.stats().queued).toBe(1);
  await (await opening).unregister();
  await until('what has waited is being opened', () => shared.status(2).sessions[1]?.id === 's3');
  guest.hostLeaves();
  await first.request({ type: 'let-in' });
  await waited;
  expect(shared.stats()).toMatchObject({ open: 2, queued: 0, sessions: 3 });
});

test('one that was promised a session which is being opened ahead has it', async () => {
  const shared = pool('opens-late', { maxSessions: 2, warm: 1, protocol: openedProtocol });
  const guest = new Guest(shared);
  const first = await shared.register();
  await until('another one is being opened', () => shared.stats().warm === 1);
  const promised = guest.register();
  expect(shared.stats()).toMatchObject({ open: 1, queued: 0, warm: 0 });
  guest.hostLeaves();
  await first.request({ type: 'let-in' });
  await promised;
  expect(shared.stats()).toMatchObject({ open: 2, queued: 0 });
});

test('one that comes back to the queue, because its child has died, is sent away when the host leaves', async () => {
  const shared = opensOne();
  const guest = new Guest(shared);
  const { first, second } = await openingInVain(
    shared,
    () => isSentAway(guest.register()),
    () => shared.register(),
  );
  killChild(shared);
  await second;
  expect(shared.stats()).toMatchObject({ open: 1, queued: 1 });
  guest.hostLeaves();
  await first;
  expect(shared.stats()).toMatchObject({ open: 1, queued: 0 });
});

test('one that comes back after the host has begun to leave is sent away at once', async () => {
  const shared = opensOne();
  const guest = new Guest(shared);
  const { first, second } = await openingInVain(
    shared,
    () => isSentAway(guest.register()),
    () => shared.register(),
  );
  guest.hostLeaves();
  killChild(shared);
  await first;
  await second;
  expect(shared.stats()).toMatchObject({ open: 1, queued: 0 });
});
