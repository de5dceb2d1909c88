/** Runs on the host of their machine, and hosts that offer what runs of their own machine use, too. */
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { connect } from '@nats-io/transport-node';
import { isCarpoolError } from 'carpool';
import type { Client, Session } from 'carpool/adapter/test-process';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { beginOnMachine, revoke, statusOf, stopHost } from './support/machine-runs.ts';
import { begin, machineOf, Machines, serving, type Checkout } from './support/machines.ts';
import { binary, freePorts, NatsServer, reason } from './support/servers.ts';

const program = readFileSync(join(import.meta.dirname, 'programs/echoes.mjs'), 'utf8');
let server: NatsServer | undefined;

const many = async (client: Client, count: number): Promise<Session[]> =>
  await Promise.all(Array.from({ length: count }, () => client.register('echoes')));

const places = async (sessions: readonly Session[]): Promise<string[]> =>
  (await Promise.all(sessions.map(machineOf))).toSorted();

/** "" if it has a session, which is given back; else the code of what is wrong. */
async function without(registering: Promise<Session>): Promise<string> {
  try {
    await (await registering).unregister();
    return '';
  } catch (thrown) {
    return isCarpoolError(thrown) ? thrown.code : String(thrown);
  }
}

/** Runs that have come to that host from other machines, by their folders. */
async function guests(checkout: Checkout): Promise<string[]> {
  const { runs } = await statusOf(checkout);
  return runs.flatMap(({ client, folder }) => (client === undefined ? [] : [folder]));
}

async function filled(checkout: Checkout, pool: object): Promise<void> {
  await expect.poll(() => statusOf(checkout), { timeout: 20_000, interval: 100 }).toMatchObject({ pools: [pool] });
}

describe.skipIf(binary === undefined)(`placing on the host of a machine${reason}`, () => {
  beforeAll(async () => {
    const [port = 0] = await freePorts(1);
    server = await new NatsServer(port, '', () => {}).start();
  });
  afterAll(() => server?.end());
  const machines = (): Machines => new Machines(server?.url ?? '');

  test('what finds no slot there goes to other machines, and never to the own host by another way', async () => {
    const all = machines();
    const [a, b] = await Promise.all([all.serve('a'), all.serve('b')]);
    // A run of another machine goes to no third one.
    const address = (): string | undefined => /machines: CARPOOL_ADDRESS='(.+)'/.exec(a.lines.join('\n'))?.[1];
    await expect.poll(address).toBeDefined();
    const visitor = await beginOnMachine(all.checkout('d'), address());
    const guest = await visitor.worker();
    expect(await places(await many(guest, 2))).toEqual(['a', 'a']);
    expect(await without(guest.register('echoes', { wait: false }))).toBe('POOL_FULL');
    await visitor.host.stop();
    await filled(a, { open: 0 });

    const onA = await beginOnMachine(a);
    const workerA = await onA.worker();
    const ofA = await many(workerA, 3);
    expect(await places(ofA)).toEqual(['a', 'a', 'b']);
    const onB = await beginOnMachine(b);
    const workerB = await onB.worker();
    expect(await places(await many(workerB, 1))).toEqual(['b']);
    // Nobody has started it: the run does.
    const c = all.checkout('c');
    onTestFinished(() => stopHost(c));
    const onC = await beginOnMachine(c);
    const workerC = await onC.worker();
    expect(await places(await many(workerC, 2))).toEqual(['c', 'c']);
    for (const worker of [workerA, workerB, workerC])
      expect(await without(worker.register('echoes', { wait: false }))).toBe('POOL_FULL');
    const here = await Promise.all(ofA.map(machineOf));
    await ofA[here.indexOf('a')]?.unregister();
    expect(await machineOf(await workerC.register('echoes'))).toBe('a');

    const named = (name: string): unknown => expect.stringMatching(new RegExp(`/${name}/code$`));
    expect((await guests(a)).toSorted()).toEqual([named('b'), named('c')]);
    expect((await guests(b)).toSorted()).toEqual([named('a'), named('c')]);
    const [summary] = await onA.host.stop();
    expect(summary).toMatch(/^carpool: echoes: 1 child, 2 sessions, peak 2, .*, 1 session on other hosts$/);
    await Promise.all([onB.host.stop(), onC.host.stop()]);
    for (const host of [a, b])
      await expect
        .poll(() => statusOf(host), { timeout: 20_000, interval: 100 })
        .toMatchObject({ runs: [], pools: [{ open: 0, queued: 0 }] });
  });

  test('what is not to be had there after all goes elsewhere: slots of another run, a child that may not start', async () => {
    const all = machines();
    const [a, b, c] = [all.checkout('a'), all.checkout('b'), all.checkout('c')];
    for (const { path } of [a, b, c]) all.configure(path, { children: 2 });
    const capped = { ...c, env: { ...c.env, CARPOOL_MAX_CHILDREN: '1' } };
    for (const host of [a, capped]) onTestFinished(() => stopHost(host));
    await serving(b);
    // All at once, with one host between them, of which each knows its own.
    const [one, two] = [await beginOnMachine(a), await beginOnMachine(a)];
    expect(await places(await many(await one.worker(), 1))).toEqual(['a']);
    expect(await places(await many(await two.worker(), 2))).toEqual(['a', 'b']);
    const three = await beginOnMachine(capped);
    expect(await places(await many(await three.worker(), 2))).toEqual(['b', 'c']);
  });

  test('a host where no other child may start offers no slot while some wait there', async () => {
    const all = machines();
    const b = all.checkout('b', 4);
    all.configure(b.path, { children: 4 });
    await serving(b, ['--max-children', '1']);
    const connection = await connect({ servers: all.url });
    onTestFinished(() => connection.close());
    let last: object | undefined;
    connection.subscribe('carpool.hosts', {
      callback: (_, message) => {
        const { says, offer } = message.json<{ says: string; offer?: { pools: Record<string, object> } }>();
        if (says === 'offers') last = offer?.pools['echoes'];
      },
    });
    const worker = await (await beginOnMachine(b)).worker();
    const session = await worker.register('echoes');
    await expect.poll(() => last, { timeout: 20_000 }).toMatchObject({ slots: 4, free: 3, queued: 0 });
    const waiting = worker.register('echoes');
    await expect.poll(() => last, { timeout: 20_000 }).toMatchObject({ slots: 4, free: 0, queued: 1 });
    await session.unregister();
    await waiting;
  });

  test('on a host that offers, runs of its machine and from elsewhere wait in turns, each first come first served', async () => {
    const all = machines();
    const b = await all.serve('b', { slots: 1, program });
    const remote = await (await begin(all.checkout('a', 1, program))).worker();
    const local = await (await beginOnMachine(b)).worker();
    const [one, two] = (await many(remote, 2)) as [Session, Session];
    const [here, there] = (await machineOf(one)) === 'a' ? [one, two] : [two, one];
    const turns: { readonly by: string; readonly number: number }[] = [];
    const waits = async (client: Client, by: string, number: number): Promise<void> => {
      const session = await client.register('echoes');
      if ((await machineOf(session)) === 'b') turns.push({ by, number });
      await session.unregister();
    };
    const waiting = Array.from({ length: 10 }, (_, number) => waits(remote, 'remote', number));
    const queued = async (): Promise<readonly (number | undefined)[]> => {
      const [[pool], { pools }] = await Promise.all([remote.stats(), statusOf(b)]);
      return [pool?.queued, pools[0]?.queued];
    };
    await expect.poll(queued, { timeout: 20_000, interval: 100 }).toEqual([5, 5]);
    for (const number of [0, 1, 2]) waiting.push(waits(local, 'local', number));
    await expect.poll(queued, { timeout: 20_000, interval: 100 }).toEqual([5, 8]);

    await there.unregister();
    await expect.poll(() => turns.length, { timeout: 20_000 }).toBeGreaterThanOrEqual(8);
    await here.unregister();
    await Promise.all(waiting);
    const order = turns.slice(0, 8).map(({ by }) => by);
    expect(order.join(' ')).toBe('remote local remote local remote local remote remote');
    for (const who of ['remote', 'local']) {
      const own = turns.slice(0, 8).flatMap(({ by, number }) => (by === who ? [number] : []));
      expect(own).toEqual(own.toSorted((x, y) => x - y));
    }
  });

  test('what was ended on another machine names that host and the command there, and says that the run goes on', async () => {
    const all = machines();
    const [b, c] = await Promise.all([all.serve('b', { slots: 1 }), all.serve('c', { slots: 1 })]);
    const worker = await (await begin(all.checkout('a', 1))).worker();
    const sessions = await many(worker, 3);
    const at = await Promise.all(sessions.map(machineOf));
    expect(at.toSorted()).toEqual(['a', 'b', 'c']);
    await stopHost(b);
    await revoke(c);
    for (const [host, by] of [
      [b, 'carpool stop'],
      [c, 'carpool address --revoke'],
    ] as const) {
      const [, listens = ''] = /carpool\+tls:\/\/([\d.:]+)/.exec(host.lines.join('\n')) ?? [];
      const place = `${hostname()} (${listens})`;
      const session = sessions[at.indexOf(host === b ? 'b' : 'c')];
      const { error, reason: why } = (await session?.closed) ?? {};
      expect(error).toMatchObject({ code: 'HUB_LOST', context: { endedBy: by, place } });
      expect(error?.message).toBe(
        `The host at ${place} has ended what this run had there, by \`${by}\`. The host of this run, which was full, had sent this session there; the run goes on without that host`,
      );
      expect(why).toBe(`because \`${by}\` has ended what its run had on the host at ${place},`);
    }
    expect(await machineOf(sessions[at.indexOf('a')] as Session)).toBe('a');
  });

  test('a run that ends, or is killed, gives back at once what it has elsewhere: sessions, waits, and what ends late', async () => {
    const all = machines();
    const b = await all.serve('b', { slots: 3, program });
    const a = all.checkout('a', 2, program);
    const full = async (run: Awaited<ReturnType<typeof begin>>): Promise<Session[]> => {
      const worker = await run.worker();
      const sessions = await many(worker, 5);
      expect(await places(sessions)).toEqual(['a', 'a', 'b', 'b', 'b']);
      for (const timeout of [30_000, 60_000, Infinity, 30_000, Infinity, 60_000])
        void without(worker.register('echoes', { timeout }));
      await expect
        .poll(async () => (await statusOf(b)).pools[0]?.queued, { timeout: 20_000, interval: 100 })
        .toBeGreaterThan(0);
      return sessions;
    };
    const killed = await begin(a);
    await full(killed);
    process.kill(killed.host.pid ?? 0, 'SIGKILL');
    await expect
      .poll(() => statusOf(b), { timeout: 20_000, interval: 100 })
      .toMatchObject({ runs: [], pools: [{ open: 0, queued: 0, quarantined: 0 }] });

    // The end of one is not confirmed: its slot alone waits for that, and the run does not.
    const ends = await begin(a);
    const sessions = await full(ends);
    const at = await Promise.all(sessions.map(machineOf));
    await sessions[at.indexOf('b')]?.request({ type: 'keep' });
    await ends.host.stop();
    const next = await (await beginOnMachine(b)).worker();
    expect(await places(await many(next, 2))).toEqual(['b', 'b']);
    await expect
      .poll(() => statusOf(b), { timeout: 20_000, interval: 100 })
      .toMatchObject({ runs: [{ folder: b.path }], pools: [{ open: 2, queued: 0 }] });
  });
});
