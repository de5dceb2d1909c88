import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { linux } from '@carpool/test-harness/programs';
import { beforeEach, describe, expect, test } from 'vitest';
import { isCarpoolError } from '../../src/base/errors.ts';
import { startTimeOf } from '../../src/process/identity.ts';
import { sweepRecords } from '../../src/process/reaper.ts';
import { type ChildRecord, PidFiles } from '../../src/process/pid-files.ts';
import { greeted, isThere, mustBeGone, program, start, stillThere, Talk } from './cast.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'carpool-records-'));
  return () => rmSync(directory, { recursive: true });
});

const script = fileURLToPath(new URL('host.mjs', import.meta.url));
const strip = process.features.typescript ? [] : ['--experimental-strip-types', '--no-warnings'];

interface Host {
  readonly pid: number;
  readonly child: number;
  /** Of the child, where it has one. */
  readonly grandchild: number | undefined;
  readonly ended: Promise<unknown[]>;
  readonly kill: () => Promise<unknown>;
}

async function host(how: string, name: string, ...flags: string[]): Promise<Host> {
  const process_ = spawn(process.execPath, [...strip, script, directory, how, name, ...flags]);
  const ended = once(process_, 'exit');
  const wanted = name.endsWith('-grandchild');
  const stderr = wanted ? once(process_.stderr, 'data') : undefined;
  const gone = ended.then(([code]) => Promise.reject(new Error(`The host ended with ${code} before it said its pid`)));
  const [child] = (await Promise.race([once(process_.stdout, 'data'), gone])).map(Number);
  gone.catch(() => {});
  const grandchild = stderr === undefined ? undefined : Number(String((await stderr)[0]).split(' ')[1]);
  mustBeGone(process_.pid!, child!, ...(grandchild === undefined ? [] : [grandchild]));
  const kill = (): Promise<unknown> => {
    process_.kill('SIGKILL');
    return ended;
  };
  return { pid: process_.pid!, child: child!, grandchild, ended, kill };
}

function recordOf(pid: number): { file: string; record: ChildRecord } {
  for (const name of readdirSync(directory)) {
    const file = join(directory, name);
    const record = JSON.parse(readFileSync(file, 'utf8')) as ChildRecord;
    if (record.pid === pid) return { file, record };
  }
  throw new Error(`no record of ${pid}`);
}

describe('a record', () => {
  test('exists as long as the child, and identifies it', async () => {
    const started = new PidFiles(directory);
    const child = await start(program('echo'), { started });
    const { file, record } = recordOf(child.pid);
    expect(file).toBe(join(directory, `child-${record.id}.json`));
    expect(record).toMatchObject({ startTime: child.startTime, pgid: child.pid, host: { pid: process.pid } });
    expect(started.records).toEqual([record]);
    await child.stop();
    expect(readdirSync(directory)).toEqual([]);
    expect(started.records).toEqual([]);
  });

  test('stays until the last of the group is gone', async () => {
    const started = new PidFiles(directory);
    const child = await start(program('forks-grandchild', '--stubborn', '--hello-at-once'), { started });
    const talk = new Talk(child);
    await talk.hear('hello');
    talk.say({ type: 'die' });
    await child.exited;
    expect(readdirSync(directory)).toHaveLength(1);
    await child.kill();
    expect(readdirSync(directory)).toEqual([]);
  });

  test('that cannot be written ends the child again', async () => {
    writeFileSync(join(directory, 'file'), '');
    const started = new PidFiles(join(directory, 'file', 'under'));
    const error: unknown = await start(program('ignores-everything'), { started }).catch((thrown: unknown) => thrown);
    expect(isCarpoolError(error, 'CHILD_NOT_STARTED')).toBe(true);
    expect(String(error)).toContain('could not be recorded');
  });
});

describe('a host that ends', () => {
  test.each(['exit', 'throw', 'idle'])('by itself (%s) takes its children with it', async (how) => {
    const { child, grandchild, ended } = await host(how, 'forks-grandchild', '--stubborn');
    const [code] = await ended;
    expect(code).toBe(how === 'throw' ? 1 : 0);
    expect(await stillThere([child, grandchild!])).toEqual([]);
  });

  test.runIf(linux.holds)(`also takes what has left the group of its child${linux.reason}`, async () => {
    const { child, grandchild, ended } = await host('exit', 'detaches-grandchild', '--stubborn');
    await ended;
    expect(await stillThere([child, grandchild!])).toEqual([]);
  });

  test('leaves no exit handler of Carpool behind when its last child is gone', async () => {
    const before = process.listenerCount('exit');
    const { child } = await greeted('echo');
    expect(process.listenerCount('exit')).toBe(before + 1);
    await child.stop();
    expect(process.listenerCount('exit')).toBe(before);
  });
});

describe('a sweep after a host that was killed', () => {
  // Killed: the host gets SIGKILL; then the program must be dead after the sweep, with all it has started.
  const table = [
    { name: 'ignores-end-of-input', flags: [] },
    { name: 'ignores-everything', flags: [] },
    { name: 'forks-grandchild', flags: [] },
    { name: 'forks-grandchild', flags: ['--stubborn'] },
    { name: 'detaches-grandchild', flags: ['--stubborn'] },
  ];
  test.runIf(linux.holds).each(table)(`ends $name $flags${linux.reason}`, async ({ name, flags }) => {
    const { child, grandchild, kill } = await host('stay', name, ...flags);
    await kill();
    const swept = await sweepRecords(directory, { deadlines: { terminate: 100, kill: 10_000 } });
    expect(swept.map(({ outcome }) => outcome)).toEqual(['ended']);
    expect([child, ...(grandchild === undefined ? [] : [grandchild])].filter(isThere)).toEqual([]);
    expect(readdirSync(directory)).toEqual([]);
  });

  test('removes the record of a child that went with its host', async () => {
    const { child, kill } = await host('stay', 'echo');
    await kill();
    expect(await stillThere([child])).toEqual([]);
    expect(await sweepRecords(directory)).toMatchObject([{ outcome: 'gone', pids: [] }]);
    expect(readdirSync(directory)).toEqual([]);
  });

  const last = ['forks-grandchild', 'detaches-grandchild'];
  test.runIf(linux.holds).each(last)(`ends what is left of %s, by the mark it carries${linux.reason}`, async (name) => {
    const { child, grandchild, kill } = await host('stay', name, '--stubborn');
    await kill();
    expect(await stillThere([child])).toEqual([]);
    const swept = await sweepRecords(directory, { deadlines: { terminate: 50, kill: 10_000 } });
    expect(swept).toMatchObject([{ outcome: 'ended', pids: [grandchild] }]);
  });

  test('is harmless where there is nothing', async () => {
    expect(await sweepRecords(join(directory, 'nowhere'))).toEqual([]);
    expect(await sweepRecords(directory)).toEqual([]);
  });
});

describe('a sweep never touches', () => {
  test('the children of a host that runs', async () => {
    const { child, talk } = await ownRecorded();
    expect(await sweepRecords(directory)).toMatchObject([{ outcome: 'owned' }]);
    expect(await talk.ask({ type: 'query' })).toBeDefined();
    expect(readdirSync(directory)).toHaveLength(1);
    await child.stop();
  });

  // Each record is wrong in one field, and the process it names runs and must keep running.
  const dead = { pid: 2 ** 22 + 1, startTime: '1@gone' };
  const wrong: [what: string, outcome: string, change: (record: ChildRecord) => unknown][] = [
    ['another start time', 'unproven', (record) => ({ ...record, host: dead, startTime: '1@other' })],
    [
      'a start time of another boot',
      'unproven',
      (record) => ({ ...record, host: dead, startTime: `${record.startTime}x` }),
    ],
    ['no start time', 'unproven', (record) => ({ ...record, host: dead, startTime: null })],
    ['another group', 'foreign', (record) => ({ ...record, host: dead, pgid: process.pid })],
    ['an id that is not in its name', 'foreign', (record) => ({ ...record, host: dead, id: 'f'.repeat(32) })],
    ['a pid that means all processes', 'foreign', (record) => ({ ...record, host: dead, pid: -1, pgid: -1 })],
    ['a pid that is our own group', 'foreign', (record) => ({ ...record, host: dead, pid: 0, pgid: 0 })],
    ['a pid that is init', 'foreign', (record) => ({ ...record, host: dead, pid: 1, pgid: 1 })],
    ['a pid that is text', 'foreign', (record) => ({ ...record, host: dead, pid: `${record.pid}` })],
    ['another version', 'foreign', (record) => ({ ...record, host: dead, version: 2 })],
    ['no host', 'foreign', (record) => ({ ...record, host: null })],
    ['a host without a start time', 'foreign', (record) => ({ ...record, host: { pid: 5 } })],
    ['a list in its place', 'foreign', (record) => [record]],
    ['nothing in it', 'foreign', () => null],
  ];
  test.each(wrong)('a process whose record has %s', async (_, outcome, change) => {
    const { child, talk } = await ownRecorded();
    const { file, record } = recordOf(child.pid);
    writeFileSync(file, JSON.stringify(change(record)));
    expect(await sweepRecords(directory)).toMatchObject([{ file, outcome }]);
    expect(await talk.ask({ type: 'query' })).toBeDefined();
  });

  test('anything because of a file that Carpool did not write', async () => {
    const { child, talk } = await ownRecorded();
    const { file, record } = recordOf(child.pid);
    const orphaned = JSON.stringify({ ...record, host: dead });
    rmSync(file);
    writeFileSync(join(directory, 'child-1.json'), orphaned);
    writeFileSync(join(directory, `child-${'a'.repeat(32)}.json`), orphaned.slice(0, -5));
    writeFileSync(`${file}.part`, orphaned);
    mkdirSync(join(directory, `child-${'b'.repeat(32)}.json`));
    writeFileSync(join(directory, 'real'), orphaned);
    symlinkSync(join(directory, 'real'), file);
    const swept = await sweepRecords(directory);
    expect(new Set(swept.map(({ outcome }) => outcome))).toEqual(new Set(['foreign']));
    expect(await talk.ask({ type: 'query' })).toBeDefined();
  });

  test.runIf(linux.holds)(`a member of the group that does not carry the mark${linux.reason}`, async () => {
    // The recorded leader is gone, and its number has become the group of an unrelated process.
    const { child, talk } = await greeted('echo');
    const record: ChildRecord = {
      version: 1,
      id: 'c'.repeat(32),
      pid: child.pid,
      pgid: child.pid,
      startTime: startTimeOf(process.pid) ?? null,
      command: 'echo',
      host: dead,
    };
    writeFileSync(join(directory, `child-${record.id}.json`), JSON.stringify(record));
    expect(await sweepRecords(directory)).toMatchObject([{ outcome: 'unproven', pids: [child.pid] }]);
    expect(await talk.ask({ type: 'query' })).toBeDefined();
    expect(readdirSync(directory)).toEqual([]);
  });

  async function ownRecorded(): Promise<{ child: Awaited<ReturnType<typeof start>>; talk: Talk }> {
    const child = await start(program('echo', '--hello-at-once'), { started: new PidFiles(directory) });
    const talk = new Talk(child);
    await talk.hear('hello');
    return { child, talk };
  }
});
