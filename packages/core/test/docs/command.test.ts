/** docs/command.md against the code: the fields of `--json`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { dialectNames } from '../../src/cli/init/names.ts';
import type { Diagnosis, Finding } from '../../src/cli/doctor/finding.ts';
import type { AnsweringHost, ChildView, LeftBehind, PoolView, Processes, SilentHost } from '../../src/cli/ps/types.ts';
import type { HolderStatus, SessionStatus } from '../../src/pool/status.ts';
import type {
  LeaseStatus,
  LeavingStatus,
  HostBounds,
  ListenStatus,
  OtherHostStatus,
  RemoteClientStatus,
  RunStatus,
} from '../../src/wire/status.ts';

const page = readFileSync(join(import.meta.dirname, '../../../../docs/command.md'), 'utf8');

type Fields<T> = { readonly [Name in keyof T & string as {} extends Pick<T, Name> ? `${Name}?` : Name]: 0 };

function namesIn(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
}

test('the table of `ps --json` is the one of the code, field by field', () => {
  const holder = { 'test?': 0, 'file?': 0, 'shard?': 0, 'takenAt?': 0, 'run?': 0, 'age?': 0, 'amount?': 0 } as const;
  const whole: Fields<Processes> = { version: 0, carpool: 0, time: 0, hosts: 0, left: 0 };
  const host: Fields<AnsweringHost> = {
    state: 0,
    folder: 0,
    'memory?': 0,
    version: 0,
    pid: 0,
    kind: 0,
    age: 0,
    runs: 0,
    pools: 0,
    leaseCount: 0,
    leases: 0,
    'bounds?': 0,
    'listens?': 0,
    'leaving?': 0,
  };
  const silent: Fields<SilentHost> = {
    state: 0,
    folder: 0,
    'memory?': 0,
    reason: 0,
    kind: 0,
    'pid?': 0,
    children: 0,
  };
  const run: Fields<RunStatus> = {
    id: 0,
    folder: 0,
    'branch?': 0,
    'runner?': 0,
    'pid?': 0,
    'client?': 0,
    'remotePid?': 0,
    age: 0,
    workers: 0,
    'others?': 0,
  };
  const other: Fields<OtherHostStatus> = { name: 0, 'address?': 0, state: 0, sessions: 0, 'unlike?': 0 };
  const bounds: Fields<HostBounds> = { 'maxChildren?': 0, 'maxMemory?': 0, idle: 0 };
  const listens: Fields<ListenStatus> = { at: 0, clients: 0 };
  const leaving: Fields<LeavingStatus> = { sessions: 0, runs: 0, 'left?': 0 };
  const left: Fields<LeftBehind> = { folder: 0, 'pid?': 0, children: 0 };
  const client: Fields<RemoteClientStatus> = { name: 0, 'expires?': 0, connections: 0 };
  const pool: Fields<PoolView> = {
    name: 0,
    'id?': 0,
    maxSessions: 0,
    open: 0,
    queued: 0,
    opened: 0,
    warm: 0,
    quarantined: 0,
    children: 0,
    sessions: 0,
    waiting: 0,
    'replays?': 0,
    'unlike?': 0,
  };
  const child: Fields<ChildView> = {
    'pid?': 0,
    state: 0,
    generation: 0,
    age: 0,
    'startup?': 0,
    sessions: 0,
    messages: 0,
    slots: 0,
    'heldBack?': 0,
    'memory?': 0,
  };
  // What is said in a session is for `observe` alone.
  const session: Fields<Omit<SessionStatus, 'said'>> = { 'id?': 0, 'pid?': 0, ...holder };
  const lease: Fields<LeaseStatus> = {
    name: 0,
    kind: 0,
    scope: 0,
    'run?': 0,
    'size?': 0,
    used: 0,
    holderCount: 0,
    holders: 0,
    waitCount: 0,
    waiting: 0,
  };
  const named = holder satisfies Fields<HolderStatus>;
  const wanted = [
    whole,
    host,
    silent,
    run,
    other,
    pool,
    child,
    session,
    lease,
    named,
    bounds,
    left,
    listens,
    client,
    leaving,
  ];
  const [, table = ''] = page.split('\n### As JSON\n');
  const rows = (table.split('\n## ')[0] ?? '').split('\n').filter((line) => line.startsWith('|'));
  expect(rows.slice(2).map(namesIn)).toEqual(wanted.map((fields) => Object.keys(fields)));
});

test('the fields of `doctor --json` are those of the code', () => {
  const diagnosis: Fields<Diagnosis> = { version: 0, carpool: 0, node: 0, ok: 0, checks: 0 };
  const finding: Fields<Finding> = { check: 0, status: 0, text: 0, 'advice?': 0 };
  const [, sentence = ''] = page.split('`--json` prints one object: ');
  const names = namesIn(sentence);
  for (const name of [...Object.keys(diagnosis), ...Object.keys(finding)]) expect(names).toContain(name);
});

test('the dialects of `carpool init` are those of the code', () => {
  const table = page.slice(page.indexOf('The dialects, for `--dialect`:')).split('\n\n')[1] ?? '';
  expect([...table.matchAll(/^\| `([\w-]+)`/gm)].map(([, name]) => name)).toEqual(dialectNames);
});
