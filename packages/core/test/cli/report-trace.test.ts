/** `carpool report --trace`, read by the rules of Perfetto's importer. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { RecordedRun } from '../../src/report/recorded-run.ts';
import { configured, run, worker } from '../machine/support.ts';
import { madeUpRun } from '../report/made-up-run.ts';
import { place, program } from '../support/pools.ts';
import { carpool, write } from './carpool.ts';
import { importTrace, type Slice } from './import-trace.ts';

/** What the command writes of these timelines. */
async function traceOf(...files: readonly string[]): Promise<Slice[]> {
  const { code, stderr } = await carpool('report', ...files, '--trace', 'trace.json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return importTrace(readFileSync(join(place().path, 'trace.json'), 'utf8'));
}

function written(name: string, { header, sessions, children, leases, duration }: RecordedRun): string {
  const lines = [header, ...sessions, ...children, ...leases, { event: 'end', over: duration, dropped: 0 }];
  return write(name, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
}

const micros = (milliseconds: number): number => Math.round(milliseconds * 1_000);

/** In an order that does not depend on the rows. */
function sorted(slices: readonly Slice[]): Slice[] {
  return slices.toSorted((a, b) => a.ts - b.ts || (a.name < b.name ? -1 : 1));
}

/** In the first row: which it is depends on the others. @param suffix of the names of groups @param by milliseconds that it begins after the first */
function sessionsOf({ sessions }: RecordedRun, suffix: string, by: number): Slice[] {
  return sessions.flatMap(({ pool, test: name = '', granted, over, failed }) =>
    granted === undefined
      ? []
      : [
          {
            name,
            category: failed === true ? 'failed' : 'session',
            process: `pool ${pool}${suffix}`,
            thread: 'sessions',
            ts: micros(granted + by),
            dur: micros(over - granted),
          },
        ],
  );
}

test('all sessions, children and locks of two runs are slices that nest, in groups and rows with names', async () => {
  const first = madeUpRun({ sessions: 2_000 });
  const second = { ...first, header: { ...first.header, pid: 4_712, zero: first.header.zero + 1_500 } };
  const slices = await traceOf(written('a.jsonl', first), written('b.jsonl', second));
  const sessions = slices.filter(({ category }) => category === 'session' || category === 'failed');
  for (const { thread } of sessions) expect(thread).toMatch(/^sessions(?: \d+)?$/);
  expect(sorted(sessions).map((slice) => ({ ...slice, thread: 'sessions' }))).toEqual(
    sorted([...sessionsOf(first, ', host 4711', 0), ...sessionsOf(second, ', host 4712', 1_500)]),
  );
  const count = (category: string): number => slices.filter((slice) => slice.category === category).length;
  const { children, leases } = first;
  expect(count('child')).toBe(2 * children.filter(({ ready }) => ready !== undefined).length);
  expect(count('lease')).toBe(2 * leases.filter(({ granted }) => granted !== undefined).length);
  const groups = new Set(slices.filter(({ category }) => category === 'lease').map(({ process }) => process));
  expect([...groups]).toEqual(['locks, semaphores, values, host 4711', 'locks, semaphores, values, host 4712']);
  expect(count('wait')).toBeGreaterThan(0);
});

test('of a run that has taken place, with names that JSON must escape', async () => {
  mkdirSync(join(place().path, 'node_modules'));
  configured({ pools: { cart: program('echo', { maxSessions: 2 }) } });
  const names = ['says "\\" 😀', 'says </script>'];
  const host = await run({ host: 'run' });
  const client = await worker(host);
  const opened = await Promise.all(names.map((test) => client.register('cart', { holder: { test } })));
  for (const session of opened) await session.request({ type: 'query' });
  for (const session of opened) await session.unregister();
  await host.stop();
  const slices = await traceOf();
  for (const { process } of slices) expect(process).toBe('pool cart');
  const sessions = slices.filter(({ category }) => category === 'session');
  expect(sessions.map(({ name }) => name).toSorted()).toEqual(names.toSorted());
  // They were open at the same time.
  expect(new Set(sessions.map(({ thread }) => thread))).toEqual(new Set(['sessions', 'sessions 2']));
  const served = slices.find(({ category }) => category === 'child');
  for (const { ts, dur } of sessions) expect(served?.ts).toBeLessThan(ts + dur);
});

const named = [
  { ph: 'M', name: 'process_name', pid: 1, tid: 0, args: { name: 'pool cart' } },
  { ph: 'M', name: 'thread_name', pid: 1, tid: 1, args: { name: 'sessions' } },
];
const slice = { ph: 'X', name: 'adds', cat: 'session', pid: 1, tid: 1, ts: 0, dur: 10 };

test.for([
  { what: 'slices of a row that overlap', events: [slice, { ...slice, ts: 5 }], fault: 'ends after it' },
  { what: 'no duration', events: [{ ...slice, dur: undefined }], fault: 'dur of event 2' },
  { what: 'a duration below 0', events: [{ ...slice, dur: -1 }], fault: 'dur of event 2' },
  { what: 'a time that is a text', events: [{ ...slice, ts: '0' }], fault: 'ts of event 2' },
  { what: 'a time that is no number', events: [{ ...slice, ts: Number.NaN }], fault: 'ts of event 2' },
  { what: 'an id that is no whole number', events: [{ ...slice, tid: 1.5 }], fault: 'tid of event 2' },
  { what: 'no pid', events: [{ ...slice, pid: undefined }], fault: 'pid of event 2' },
  { what: 'no name', events: [{ ...slice, name: '' }], fault: 'event 2 has no name' },
  { what: 'an array for a field', events: [{ ...slice, id: [1] }], fault: 'ends the import' },
  { what: 'a row without a name', events: [{ ...slice, tid: 2 }], fault: 'thread 2 has no name' },
  { what: 'a group without a name', events: [{ ...slice, pid: 2 }], fault: 'process 2 has no name' },
  {
    what: 'a row of two groups',
    events: [
      { ...named[0], pid: 2 },
      { ...slice, pid: 2 },
    ],
    fault: 'and of 2',
  },
  { what: 'a row that is named twice', events: [named[1]], fault: 'thread 1 is named twice' },
  { what: 'a begin without its end', events: [{ ...slice, ph: 'B' }], fault: 'another phase: B' },
])('the rules refuse $what', ({ events, fault }) => {
  const traced = (...all: readonly unknown[]): string => JSON.stringify({ traceEvents: [...named, ...all] });
  expect(importTrace(traced(slice))).toHaveLength(1);
  expect(() => importTrace(traced(...events))).toThrow(fault);
});
