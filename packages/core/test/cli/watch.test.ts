import { python } from '@carpool/test-harness/programs';
import { describe, expect, test, vi } from 'vitest';
import { HostClient } from '../../src/client/client.ts';
import { Passing } from '../../src/session/passing.ts';
import type { StatusResult } from '../../src/wire/status.ts';
import { closing, program, until } from '../support/pools.ts';
import { serve } from '../support/hubs.ts';
import { configured, onMachine, run, worker } from '../machine/support.ts';
import { carpool } from './carpool.ts';
import { CommandTerminal } from './terminal.ts';

const enter = '\r';
const escape = '\u001B';
const up = '\u001B[A';
const down = '\u001B[B';

/** A run with a session that talks, one more, and one that waits for a slot. */
async function busyRun() {
  onMachine();
  configured({ pools: { echoes: program('echo', { maxSessions: 2 }) } });
  const host = await run({ host: 'run' });
  const client = await worker(host);
  const { pid } = await client.ask({ method: 'status' }, 5_000);
  const talks = await client.register('echoes', { holder: { test: 'cart › adds <b>', file: 'cart.test.ts' } });
  await client.register('echoes', { holder: { test: 'sorts', file: 'sort.test.ts' } });
  const waits = client.register('echoes', { holder: { test: 'waits' }, wait: true });
  waits.catch(() => {});
  const lock = { name: 'printer', kind: 'lock', size: 1, weight: 1 } as const;
  await client.leases.acquire({ ...lock, holder: { test: 'prints' }, at: 'print.test.ts:3:1' });
  return { host, client, talks, pid: String(pid) };
}

/** The line of titles, with its only arrow, and below it the rows: a part of each, or nothing for any. */
function sortedBy(title: string, ...rows: readonly string[]): RegExp {
  const below = rows.map((row, at) => `\\n${at === 0 ? '>' : ' '} ${row === '' ? '.*' : `(?:.* )?${row}(?: .*)?`}$`);
  return new RegExp(`^[^↑↓\\n]* ${title}[^↑↓\\n]*$${below.join('')}`, 'm');
}

test('without a terminal: a sentence, and 1', async () => {
  const { code, stdout, stderr } = await carpool('watch');
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toBe(
    'carpool: watch needs a terminal: its output is not one. `carpool ps` prints the same once, `carpool watch --web` serves a page\n',
  );
});

describe.skipIf(python.path === undefined)(`in a terminal${python.reason}`, () => {
  test('sessions, children, locks; keys filter and open one with its messages; q leaves as it was', async () => {
    const { talks, pid } = await busyRun();
    const terminal = new CommandTerminal(['watch', '--host', pid], { columns: 120 });
    await terminal.shows(/^> s1 .*echoes .*open .*cart › adds <b> .*watch\.test\.ts:\d+:\d+/m);
    expect(terminal.isAlternate).toBe(true);
    expect(terminal.picture).toMatch(/^host of a run, pid \d+, .*: 2\/2 slots, 1 child, 1 lock, 1 waiting$/m);
    expect(terminal.picture).toMatch(/^ {2} +echoes +waits .* waits$/m);
    terminal.type('2');
    await terminal.shows(/^> echoes .* 2\/2 +1 /m);
    expect(terminal.picture).toMatch(/^ {2}echoes +\d+ +serving +2\/2/m);
    terminal.type('3');
    await terminal.shows(/^> printer +lock +held .* prints .*print\.test\.ts:3:1/m);
    terminal.type('1/sor');
    await terminal.shows(/filter: sor_/);
    await terminal.shows(/^> s2 /m);
    expect(terminal.picture).not.toContain('cart');
    terminal.type(enter);
    await terminal.shows(/filter: sor {2}/);
    terminal.type(escape);
    await terminal.shows(/^> s1 .*\n {2}s2 /m);
    terminal.type(down);
    await terminal.shows(/^> s2 /m);
    terminal.type(up + enter);
    await terminal.shows(/^echoes s1, cart › adds <b>$/m);
    await talks.request({ type: 'query', n: 1, password: 'hunter2hunter2' });
    await terminal.shows(/^\d\d:\d\d:\d\d → \{.*n: 1/m);
    await terminal.shows(/^\d\d:\d\d:\d\d ← \{/m);
    expect(terminal.output).not.toContain('hunter2');
    await talks.unregister();
    await terminal.shows(/^echoes s1, cart › adds <b> has ended$/m);
    terminal.type('q');
    await terminal.shows(/\[1 Sessions\]/);
    terminal.type(down + 'q');
    expect(await terminal.left).toEqual({ code: 0, restored: true });
    expect([terminal.isAlternate, terminal.picture.trim()]).toEqual([false, '']);
    expect(terminal.output.lastIndexOf('\u001B[?25h')).toBeGreaterThan(terminal.output.lastIndexOf('\u001B[?25l'));
  });

  test('s sorts by the next column, and r turns the order: the rows, and the arrow in the line of titles', async () => {
    const { pid } = await busyRun();
    const terminal = new CommandTerminal(['watch', '--host', pid], { columns: 120 });
    await terminal.shows(sortedBy('Age↓', 's1', '', ''));
    terminal.type('r');
    await terminal.shows(sortedBy('Age↑', '', '', 's1'));
    terminal.type('s');
    await terminal.shows(sortedBy('Test↑', 's1', 's2', 'waits'));
    terminal.type('r');
    await terminal.shows(sortedBy('Test↓', 'waits', 's2', 's1'));
    // Past the place, the child and the run, and from the last column to the first.
    terminal.type('ssss');
    await terminal.shows(sortedBy('Session↑', 's1', 's2', 'waits'));
    terminal.type('r');
    // What waits is no session yet, and stays below them.
    await terminal.shows(sortedBy('Session↓', 's2', 's1', 'waits'));
    // Each section has an order of its own.
    terminal.type('2');
    await terminal.shows(sortedBy('Pool↑', 'echoes', 'echoes'));
    terminal.type('1');
    await terminal.shows(sortedBy('Session↓', 's2', 's1', 'waits'));
    terminal.type('q');
    expect((await terminal.left).code).toBe(0);
  });

  test('messages a second of a pool and of its child, which pools sort by', async () => {
    onMachine();
    const one = program('echo', { maxSessions: 1 });
    configured({ pools: { echoes: one, talks: one } });
    const client = await worker(await run({ host: 'run' }));
    const { pid } = await client.ask({ method: 'status' }, 5_000);
    await client.register('echoes', { holder: { test: 'is quiet' } });
    const session = await client.register('talks', { holder: { test: 'talks' } });
    const terminal = new CommandTerminal(['watch', '--host', String(pid)], { columns: 120 });
    await terminal.shows(/^> s1 /m);
    terminal.type('2');
    let talking = true;
    const talked = (async () => {
      while (talking) await session.request({ type: 'query' });
    })();
    try {
      // Ten or more have no tenths. All that the pool says its only child says.
      await terminal.shows(/^ {2}talks +1\/1 +0 +\S+ +([1-9][\d,]+)\n {2}talks +\d+ +serving +1\/1 +\1 +\d+ \w+$/m);
      await terminal.shows(/^> echoes +1\/1 +0 +\S+ +0\n {2}echoes +\d+ +serving +1\/1 +0 +\d+ \w+$/m);
      terminal.type('ssssss');
      await terminal.shows(sortedBy('Messages/s↓', 'talks', 'talks', 'echoes', 'echoes'));
      terminal.type('r');
      await terminal.shows(sortedBy('Messages/s↑', 'echoes', 'echoes', 'talks', 'talks'));
    } finally {
      talking = false;
      await talked;
    }
    await terminal.shows(/^ {2}talks +1\/1 +0 +0 +0\n {2}talks +\d+ +serving +1\/1 +0 +\d+ \w+$/m);
    terminal.type('q');
    expect((await terminal.left).code).toBe(0);
  });

  test('40 columns still read; a larger window is used; Ctrl-C leaves as it was', async () => {
    const { pid } = await busyRun();
    const terminal = new CommandTerminal(['watch', '--host', pid], { columns: 40, rows: 12 });
    await terminal.shows(/^> s1 .* cart › adds/m);
    expect(terminal.lines[1]).toBe('[1 Sessions] 2 Pools  3 Locks  4 Runs');
    expect(terminal.lines.at(-1)).toBe('Enter / s r Tab q');
    terminal.resize(120, 20);
    await terminal.shows(/\[1 Sessions\] {2}2 Pools and children|\[1 Sessions\] 2 Pools and children/);
    await terminal.shows(/^> s1 .* cart › adds <b> .*watch\.test\.ts:\d+:\d+/m);
    terminal.resize(40, 12);
    await terminal.shows(/^\[1 Sessions\] 2 Pools {2}3 Locks/m);
    terminal.type('\u0003');
    expect(await terminal.left).toEqual({ code: 0, restored: true });
    expect(terminal.isAlternate).toBe(false);
  });

  test('NO_COLOR has no colours, and nothing is lost without them', async () => {
    const { pid } = await busyRun();
    const terminal = new CommandTerminal(['watch', '--host', pid], { columns: 80, env: { NO_COLOR: '1' } });
    await terminal.shows(/^> s1 /m);
    // eslint-disable-next-line no-control-regex
    expect(terminal.output).not.toMatch(/\u001B\[(?:\d+;)*(?:3[0-9]|4[0-9]|9[0-7]|10[0-7])m/);
    terminal.type('q');
    expect((await terminal.left).code).toBe(0);
    const colours = new CommandTerminal(['watch', '--host', pid], { columns: 80 });
    await colours.shows(/^ .* waits$/m);
    // eslint-disable-next-line no-control-regex
    expect(colours.output).toMatch(/\u001B\[33m/);
    colours.type('q');
    await colours.left;
  });

  test('the end of the host, and a signal: the terminal is as it was', async () => {
    const { host, client, pid } = await busyRun();
    const terminal = new CommandTerminal(['watch', '--host', pid], { columns: 80 });
    await terminal.shows(/^> s1 /m);
    const signalled = new CommandTerminal(['watch', '--host', pid], { columns: 80 });
    await signalled.shows(/^> s1 /m);
    signalled.signal('SIGTERM');
    expect(await signalled.left).toEqual({ code: -15, restored: true });
    expect(signalled.isAlternate).toBe(false);
    client.close();
    await host.stop();
    expect(await terminal.left).toEqual({ code: 0, restored: true });
    expect([terminal.isAlternate, terminal.picture.trim()]).toEqual([false, 'carpool: the host has ended']);
  });

  test('what goes wrong in it is said after the terminal is as it was', async () => {
    const served = await serve({ echoes: program('echo') }, { passing: new Passing() });
    const status = vi.spyOn(served.hub, 'status');
    const env = { CARPOOL_ADDRESS: served.address };
    const terminal = new CommandTerminal(['watch'], { columns: 80, env });
    await terminal.shows(/no sessions/);
    status.mockResolvedValue({ pools: 'none' } as unknown as StatusResult);
    expect(await terminal.left).toEqual({ code: 1, restored: true });
    const [, after] = terminal.output.split('\u001B[?1049l');
    expect([terminal.isAlternate, after]).toEqual([false, expect.stringContaining('TypeError')]);
  });

  test('the host of the machine, which does not stay for it', async () => {
    onMachine();
    configured();
    const host = await run();
    const client = await worker(host);
    const address = String((await client.ask({ method: 'runInfo' }, 5_000)).machine);
    await client.register('echoes', { holder: { test: 'adds' } });
    const terminal = new CommandTerminal(['watch'], { columns: 100, env: { CARPOOL_ADDRESS: address } });
    await terminal.shows(/^> s1 .* adds/m);
    const looks = closing(await HostClient.connect({ address, runner: 'a test', observer: true }));
    client.close();
    await host.stop();
    await until('no run is open', async () => (await looks.ask({ method: 'status' }, 5_000)).runs.length === 0);
    await terminal.shows(/no sessions/);
    terminal.type('q');
    expect((await terminal.left).code).toBe(0);
  });
});
