/** Sessions of a run go to the hosts of other machines that offer the same pool, over a real server. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from '@nats-io/transport-node';
import type { Client, Session } from 'carpool/adapter/test-process';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  announced,
  begin,
  carpool,
  fault,
  machineOf,
  Machines,
  machines,
  serving,
  vitest,
  type Serving,
} from './support/machines.ts';
import { binary, oneServer, reason } from './support/servers.ts';

async function where(sessions: readonly Session[]): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const session of sessions) {
    const name = await machineOf(session);
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

/** Sessions of tests "t0", "t1", … */
const many = async (client: Client, count: number, file = 'a.test'): Promise<Session[]> =>
  await Promise.all(Array.from({ length: count }, (_, n) => client.register('echoes', { under: [file, `t${n}`] })));

async function on(sessions: readonly Session[], name: string): Promise<Session> {
  for (const session of sessions) if ((await machineOf(session)) === name) return session;
  throw new Error(`no session is on ${name}`);
}

/** It has said a line like this. */
async function said({ lines }: Serving, line: RegExp): Promise<void> {
  await expect.poll(() => lines.some((one) => line.test(one)), { timeout: 15_000 }).toBe(true);
}

describe.skipIf(binary === undefined)(`placing${reason}`, () => {
  test('this host first, then the others evenly; what is given back is taken again; the run ends on all', async () => {
    const all = await machines();
    const others = [await all.serve('b'), await all.serve('c')];
    const run = await begin(all.checkout('a'));
    const [one, two] = [await run.worker(), await run.worker()];
    const sessions = [...(await many(one, 3)), ...(await many(two, 3))];
    expect(await where(sessions)).toEqual({ a: 2, b: 2, c: 2 });
    for (const other of others) await said(other, /a test, \S+:\S+\/a\/code, .*with the address of "reach": has come$/);
    for (const session of sessions) await session.unregister();
    const again = await many(one, 6);
    expect(await where(again)).toEqual({ a: 2, b: 2, c: 2 });
    const summary = await run.host.stop();
    const [pool] = summary?.pools ?? [];
    expect(pool?.sessions).toBe(4);
    // As many as the others have had, whatever was sent to one that was full a moment later.
    expect(pool?.elsewhere).toBe(8);
    for (const other of others) await said(other, /: has gone, after .* and 4 sessions$/);
  });

  test('a run of Vitest: fixtures have sessions on all hosts, and each test its own', async () => {
    const all = await machines();
    const others = [await all.serve('b', { slots: 3 }), await all.serve('c', { slots: 3 })];
    // Each file waits until all have a session: there are more than this host has slots.
    const file = (name: string): string => `
import { readdirSync, writeFileSync } from 'node:fs';
import { withPools } from '@carpool/vitest';
const test = withPools();
test('has a session', async ({ echoes, expect }) => {
  writeFileSync('at-${name}', (await echoes.request({ type: 'where' })).folder);
  await expect.poll(() => readdirSync('.').filter((entry) => entry.startsWith('at-')).length, { timeout: 15_000 }).toBe(4);
});
for (const n of [1, 2, 3]) test('and another ' + n, async ({ echoes, expect }) => {
  expect(await echoes.request({ type: 'say', n })).toMatchObject({ n });
});
`;
    const a = all.checkout('a');
    const names = ['a', 'b', 'c', 'd'];
    const printed = await vitest(a, Object.fromEntries(names.map((name) => [`${name}.test.mjs`, file(name)])));
    expect(printed).toMatch(/Tests {2}16 passed/);
    expect(printed).toMatch(
      /carpool: echoes: 1 child, \d+ sessions, peak 2, longest wait \d+ ms, \d+ sessions on other hosts/,
    );
    const at = names.map((name) =>
      readFileSync(join(a.path, `at-${name}`), 'utf8')
        .split('/')
        .at(-2),
    );
    // Which of the others is connected first, may have both.
    expect(at.filter((name) => name === 'a')).toHaveLength(2);
    expect(at.filter((name) => name === 'b' || name === 'c')).toHaveLength(2);
    for (const other of others) await said(other, /vitest, \S+, .*with the address of "reach": has gone, after/);
  });

  test('all full: it waits, and goes where a slot is free first, this host or another', async () => {
    const all = await machines();
    await all.serve('b', { slots: 1 });
    const run = await begin(all.checkout('a', 1));
    const worker = await run.worker();
    const [here, there] = await many(worker, 2);
    expect(await where([here!, there!])).toEqual({ a: 1, b: 1 });
    const waits = (n: number): Promise<Session> => worker.register('echoes', { under: ['a.test', `waits ${n}`] });
    const first = waits(1);
    await there!.unregister();
    expect(await machineOf(await first)).toBe('b');
    // One waits at each host, and that of the run alone has a slot again, twice.
    const waiting = [waits(2), waits(3)];
    await here!.unregister();
    const served = await Promise.race(waiting);
    expect(await machineOf(served)).toBe('a');
    await served.unregister();
    expect(await where(await Promise.all(waiting.map(async (one) => ((await one) === served ? first : one))))).toEqual({
      a: 1,
      b: 1,
    });
  });

  test('the end of a test, of a file and of a worker gives back what they have on other hosts', async () => {
    const all = await machines();
    await all.serve('b');
    const run = await begin(all.checkout('a'));
    const worker = await run.worker();
    const sessions = await many(worker, 3);
    expect(await where(sessions)).toEqual({ a: 2, b: 1 });
    const there = await on(sessions, 'b');
    await worker.end(['a.test', `t${sessions.indexOf(there)}`]);
    expect(await fault(there.request({ type: 'where' }))).toMatch(/^SESSION_CLOSED: .*its test has ended/);
    const next = await many(worker, 2);
    expect(await where(next)).toEqual({ b: 2 });
    expect(await worker.release(['a.test'])).toBe(0);
    expect(next.map(({ closeReason }) => closeReason?.by)).toEqual(['owner', 'owner']);
    const last = await many(worker, 4, 'b.test');
    expect(await where(last)).toEqual({ a: 2, b: 2 });
    worker.close();
    await Promise.all(last.map(({ closed }) => closed));
    expect(await where(await many(await run.worker(), 4))).toEqual({ a: 2, b: 2 });
  });

  test('a host that is killed fails its sessions by name; what waits there, and what comes, goes elsewhere', async () => {
    const all = await machines();
    const b = await all.serve('b', { slots: 1 });
    const run = await begin(all.checkout('a', 1));
    const worker = await run.worker();
    const [one, two] = await many(worker, 2);
    const there = await on([one!, two!], 'b');
    const here = there === one ? two! : one!;
    // One waits at each.
    const waiting = [1, 2].map((n) => worker.register('echoes', { under: ['a.test', `w${n}`] }));
    const asked = there.request({ type: 'where' });
    await asked;
    const lost = there.closed;
    process.kill(b.pid, 'SIGKILL');
    const { error } = await lost;
    expect(error).toMatchObject({
      code: 'HUB_LOST',
      message: expect.stringMatching(/^The connection to the host at \S+ \(127\.0\.0\.1:\d+\) has ended/) as string,
    });
    await here.unregister();
    const [first] = await Promise.all(waiting.slice(0, 1));
    expect(await machineOf(first!)).toBe('a');
    await first!.unregister();
    expect(await machineOf(await waiting[1]!)).toBe('a');
    await serving(b);
    expect(await machineOf(await worker.register('echoes'))).toBe('b');
  });

  test('a host that is stopped by SIGSTOP: what was sent there moves on; it is found again', async () => {
    const all = await machines();
    const b = await all.serve('b', { slots: 4 });
    const run = await begin(all.checkout('a'));
    const [knows, other] = [await run.worker(), await run.worker()];
    const sessions = await many(knows, 3);
    const there = await on(sessions, 'b');
    process.kill(b.pid, 'SIGSTOP');
    onTestFinished(() => void process.kill(b.pid, 'SIGCONT'));
    // Slots are free there, as far as is known: one has a connection, which is lost after 11 to 13 s; the other makes one.
    const sent = [other, knows].map((worker, n) => worker.register('echoes', { under: ['b.test', `s${n}`] }));
    for (const session of sessions) if (session !== there) await session.unregister();
    for (const session of sent) expect(await machineOf(await session)).toBe('a');
    expect((await there.closed).error?.message).toMatch(/no answer for .* from the host at \S+ \(127\.0\.0\.1:\d+\)/);
    process.kill(b.pid, 'SIGCONT');
    await knows.runStarted();
    await expect
      .poll(async () => await fault(knows.register('echoes', { wait: false })), { timeout: 20_000, interval: 300 })
      .toBe('undefined');
  });

  test('a host with another program, or another option, is not taken; after an edit the same one is', async () => {
    const all = await machines();
    const b = await all.serve('b', { slots: 2, program: 'console.log("another program")' });
    const c = all.checkout('c');
    all.configure(c.path, { closeTimeout: 1_999 });
    await serving(c);
    const a = all.checkout('a', 2);
    const run = await begin(a);
    const worker = await run.worker();
    const sessions = await many(worker, 2);
    /** Where one has a session that comes now. */
    const comes = async (): Promise<string> => {
      const registered = worker.register('echoes', { wait: false });
      const wrong = await fault(registered);
      if (wrong !== 'undefined') return wrong;
      const session = await registered;
      const name = await machineOf(session);
      await session.unregister();
      return name;
    };
    expect(await comes()).toMatch(/^POOL_FULL: /);
    const different = await carpool(a, 'ps');
    expect(different).toMatch(/ {4}not on \S+ \(127\.0\.0\.1:\d+\), another pool echoes \(differs: server\.mjs\)\n/);
    expect(different).toMatch(
      / {4}not on \S+ \(127\.0\.0\.1:\d+\), another pool echoes \(differs: carpool\.config\.mjs, its options\)\n/,
    );
    all.program(b);
    await expect.poll(comes, { timeout: 20_000, interval: 300 }).toBe('b');
    const there = await worker.register('echoes', { under: ['a.test', 'there'], wait: false });
    expect(await machineOf(there)).toBe('b');
    // One that is edited again has another pool: nothing more comes, and starts it, a slot is free though; what goes on goes on.
    const identities = await announced(all.url);
    await expect.poll(() => new Set(identities).size).toBe(2);
    const before = new Set(identities);
    writeFileSync(join(b.path, 'server.mjs'), `import { writeFileSync } from 'node:fs'; writeFileSync('started', '');`);
    // The second time all have heard the first.
    const edited = (): string[] => identities.filter((identity) => !before.has(identity));
    await expect.poll(() => edited().length, { timeout: 20_000 }).toBeGreaterThan(1);
    expect(await comes()).toMatch(/^POOL_FULL: /);
    expect(existsSync(join(b.path, 'started'))).toBe(false);
    expect(await where([...sessions, there])).toEqual({ a: 2, b: 1 });
    expect((await run.host.stop())?.pools).toMatchObject([{ others: { same: 0, of: 2 } }]);
  });

  test('the files of the run itself are edited between two runs of its host: a host that has those of before is left', async () => {
    const all = await machines();
    const b = await all.serve('b');
    const a = all.checkout('a');
    const run = await begin(a);
    const worker = await run.worker();
    const sessions = await many(worker, 3);
    expect(await where(sessions)).toEqual({ a: 2, b: 1 });
    const there = await on(sessions, 'b');
    await there.unregister();
    const before = readFileSync(join(a.path, 'server.mjs'), 'utf8');
    writeFileSync(join(a.path, 'server.mjs'), `${before}\n// edited`);
    await worker.runStarted();
    const next = (): Promise<string> => fault(worker.register('echoes', { wait: false }));
    expect(await next()).toMatch(/^POOL_FULL: /);
    expect(await carpool(a, 'ps')).toMatch(/another pool echoes \(differs: server\.mjs\)/);
    writeFileSync(join(b.path, 'server.mjs'), `${before}\n// edited`);
    await expect.poll(next, { timeout: 20_000, interval: 300 }).toBe('undefined');
  });

  test('the server is lost: sessions go on, and what comes stays here; there is none: the same', async () => {
    const server = await oneServer('');
    const all = new Machines(server.url);
    await all.serve('b');
    const run = await begin(all.checkout('a'));
    const worker = await run.worker();
    const sessions = await many(worker, 3);
    const there = await on(sessions, 'b');
    await server.kill();
    expect(await machineOf(there)).toBe('b');
    const alone = await begin(all.checkout('c'));
    const other = await alone.worker();
    const [first] = await many(other, 2);
    const waiting = other.register('echoes', { under: ['a.test', 'waits'] });
    await first!.unregister();
    expect(await machineOf(await waiting)).toBe('c');
    expect(await machineOf(there)).toBe('b');
  });

  test('a config that fails is one line, and nothing is offered; mended, all is', async () => {
    const all = await machines();
    const b = all.checkout('b');
    writeFileSync(join(b.path, 'imported.mjs'), 'throw new Error("a mistake");');
    all.configure(b.path, {}, "import './imported.mjs';");
    const host = await serving(b);
    expect(host.lines.at(-1)).toMatch(/offers nothing to other hosts: .*a mistake$/);
    writeFileSync(join(b.path, 'imported.mjs'), '');
    await said(host, /Z offers to other hosts: echoes$/);
    // As that of the run.
    all.configure(b.path);
    const run = await begin(all.checkout('a'));
    expect(await where(await many(await run.worker(), 4))).toEqual({ a: 2, b: 2 });
  });

  test('what others announce: an address that leads nowhere, a host that is another, garbage', async () => {
    const all = await machines();
    await all.serve('b', { slots: 1 });
    const connection = await connect({ servers: all.url });
    onTestFinished(() => connection.close());
    const heard: { version: string; says: string; number: number; offer: { host: string; addresses: string[] } }[] = [];
    connection.subscribe('carpool.hosts', {
      callback: (_, message) => void (message.string() === '{' || heard.push(message.json())),
    });
    await expect.poll(() => heard.find(({ says }) => says === 'offers')).toBeDefined();
    const good = heard.find(({ says }) => says === 'offers')!;
    const say = (host: string, address: string): void =>
      connection.publish(
        'carpool.hosts',
        JSON.stringify({ ...good, number: good.number + 1e9, offer: { ...good.offer, host, addresses: [address] } }),
      );
    const [address = ''] = good.offer.addresses;
    const lies = (): void => {
      connection.publish('carpool.hosts', '{');
      say('nowhere', address.replace(/:\d+\/#/, ':1/#'));
      say('another key', `${address.slice(0, -43)}${'A'.repeat(43)}`);
      say('another token', address.replace(/#[0-9a-f]{64}/, `#${'0'.repeat(64)}`));
      say('no address', 'x');
    };
    const lying = setInterval(lies, 100);
    onTestFinished(() => clearInterval(lying));
    const run = await begin(all.checkout('a', 1));
    const worker = await run.worker();
    expect(await where(await many(worker, 2))).toEqual({ a: 1, b: 1 });
    expect(await fault(worker.register('echoes', { wait: false }))).toMatch(/^POOL_FULL: /);
  });
});
