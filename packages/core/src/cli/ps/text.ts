/** What `carpool ps` prints for people: a tree of hosts, runs, pools with children and sessions, and leases with their waits. */
import type { HolderStatus } from '../../pool/status.ts';
import type { HostBounds, LeaseStatus, LeavingStatus, ListenStatus, RunStatus } from '../../wire/status.ts';
import { openText } from '../../wire/open-elsewhere.ts';
import { machineName } from '../../wire/elsewhere.ts';
import { line } from './lines.ts';
import type { HostView, LeftBehind, PoolView, Processes } from './types.ts';
import { ageText, atMost, count, leftText, memoryText } from './units.ts';

/** @param width columns of the terminal; Infinity where it is none */
export function processesText({ hosts, left }: Processes, width: number = Infinity): string {
  const print = (level: number, parts: readonly (string | undefined)[]): string =>
    line(level, parts.filter((part) => part !== undefined).join(', '), width);
  // A lease of the machine may be held by a run that another host serves.
  const runs = hosts.flatMap((host) => (host.state === 'answers' ? host.runs : []));
  const named = new Map(runs.map((run) => [run.id, nameOfRun(run)]));
  const lines = [
    ...(hosts.length === 0 ? ['carpool: no host is running'] : []),
    ...hosts.flatMap((host) => hostLines(host, { print, run: (id) => named.get(id) })),
    ...left.flatMap((one) => leftLines(one, print)),
  ];
  return `${lines.join('\n')}\n`;
}

type Print = (level: number, parts: readonly (string | undefined)[]) => string;

function hostLines(host: HostView, { print, run: runOf }: Printing): string[] {
  const memory = host.memory === undefined ? undefined : memoryText(host.memory);
  const name = host.kind === 'machine' ? 'host of this machine' : 'host of a run';
  if (host.state !== 'answers') {
    const { pid, reason, state, children, folder } = host;
    const what = state === 'silent' ? 'does not answer' : 'cannot be asked';
    return [
      print(0, [pid === undefined ? `${name} ${what}` : `${name}: pid ${pid} ${what}`, memory]),
      print(1, [reason]),
      print(1, [pid === undefined ? `it is in ${folder}` : `\`carpool stop ${pid}\` ends it`]),
      ...(children.length === 0
        ? []
        : [print(1, [`${count(children.length, 'child', 'children')}: pid ${children.join(' ')}`])]),
    ];
  }
  const { pid, version, age, runs, pools, leases, leaseCount, kind, listens, bounds, leaving } = host;
  const bound = bounds === undefined ? '' : boundsText(bounds, leaving !== undefined);
  // Where there is one run, it need not be named again.
  const run = kind === 'machine' ? runOf : (): undefined => undefined;
  return [
    print(0, [`${name}: pid ${pid}`, `carpool ${version}`, ageText(age), memory]),
    ...(bound === '' ? [] : [print(1, [bound])]),
    ...(leaving === undefined ? [] : [print(1, [`leaving: ${leavingText(leaving)}`])]),
    ...listenLines(listens, print),
    ...(runs.length === 0
      ? [print(1, ['no run'])]
      : byAge(runs).flatMap((run) => [runLine(run, print), ...otherLines(run, print)])),
    ...pools.toSorted((a, b) => (a.name < b.name ? -1 : 1)).flatMap((pool) => poolLines(pool, { print, run })),
    ...leases.flatMap((lease) => leaseLines(lease, { print, run })),
    ...more(leaseCount - leases.length, 'name of leases', 'names of leases').map((text) => print(1, [text])),
  ];
}

function leftLines({ pid, children }: LeftBehind, print: Print): string[] {
  const what = `${count(children.length, 'child', 'children')} of a host that was killed`;
  return [
    print(0, [pid === undefined ? what : `${what} (pid ${pid})`]),
    print(1, [`pid ${children.join(' ')}`]),
    print(1, ['`carpool doctor --sweep` ends them; so does the next host that starts']),
  ];
}

/** "at most 8 children, no other child from 4.0 GB, ends after 10 min without a run" @param leaving it ends anyway */
export function boundsText({ maxChildren, maxMemory, idle }: HostBounds, leaving: boolean = false): string {
  const parts = [
    maxChildren === undefined ? undefined : `at most ${count(maxChildren, 'child', 'children')}`,
    maxMemory === undefined ? undefined : `no other child from ${memoryText(maxMemory)}`,
    leaving ? undefined : idle === null ? 'does not end by itself' : `ends after ${ageText(idle)} without a run`,
  ];
  return parts.filter((part) => part !== undefined).join(', ');
}

/** "2 sessions of 1 run are open, at most 48 s more" */
export function leavingText({ left, ...open }: LeavingStatus): string {
  return left === undefined ? openText(open) : `${openText(open)}, at most ${atMost(left)} more`;
}

function listenLines(listens: ListenStatus | undefined, print: Print): string[] {
  if (listens === undefined) return [];
  return [
    print(1, [`for other machines: ${listens.at}`]),
    ...listens.clients.map(({ name, connections, expires }) =>
      print(2, [
        `address "${name}": ${count(connections, 'connection')}`,
        expires === undefined ? undefined : expires === 0 ? 'expired' : `expires in ${leftText(expires)}`,
      ]),
    ),
  ];
}

function runLine(run: RunStatus, print: Print): string {
  const { runner, folder, branch, pid, client, remotePid, age, workers } = run;
  return print(1, [
    `run: ${runner ?? 'a runner'}`,
    folder,
    branch === undefined ? undefined : `branch ${branch}`,
    pid === undefined ? undefined : `pid ${pid}`,
    client === undefined ? undefined : `by address "${client}"`,
    remotePid === undefined ? undefined : `pid ${remotePid} there`,
    ageText(age),
    count(workers, 'worker'),
  ]);
}

function otherLines({ others = [] }: RunStatus, print: Print): string[] {
  return others.map(({ name, address, state, sessions, unlike = [] }) =>
    print(2, [
      `${state === 'unused' ? 'not on' : 'on'} ${machineName(name, address)}`,
      state === 'connecting' ? state : state === 'connected' ? `${count(sessions, 'session')} opened there` : undefined,
      ...unlike.map(({ pool, what }) => `another pool ${pool}${what === '' ? '' : ` (differs: ${what})`}`),
    ]),
  );
}

interface Printing {
  readonly print: Print;
  /** The name of a run, by its id. */
  readonly run: (id: string) => string | undefined;
}

function poolLines(pool: PoolView, { print, run }: Printing): string[] {
  const { name, maxSessions, open, queued, warm, quarantined, children, sessions, waiting, unlike, replays } = pool;
  return [
    print(1, [
      `pool ${name}: ${open} of ${count(maxSessions, 'slot')} in use`,
      warm === 0 ? undefined : `${warm} warm`,
      quarantined === 0 ? undefined : `${quarantined} lost`,
      queued === 0 ? undefined : `${queued} ${queued === 1 ? 'waits' : 'wait'}`,
    ]),
    ...(replays === undefined ? [] : [print(2, [`a replay of ${replays}`])]),
    ...(unlike === undefined ? [] : [print(2, [unlike])]),
    ...children.map(({ pid, state, generation, age, memory, sessions: used, slots, heldBack }) =>
      print(2, [
        pid === undefined ? 'child that starts' : `child: pid ${pid}`,
        memory === undefined ? undefined : memoryText(memory),
        ageText(age),
        `generation ${generation}`,
        `${used} of ${count(slots, 'session')}`,
        state === 'ending' ? 'ending' : undefined,
        heldBack === undefined ? undefined : `held back: ${heldBack}`,
      ]),
    ),
    ...sessions.map(({ id, pid, ...holder }) =>
      print(2, [
        `session ${id ?? 'that opens'}: ${holderText(holder, run)}`,
        children.length > 1 && pid !== undefined ? `on ${pid}` : undefined,
      ]),
    ),
    ...more(open - sessions.length, 'session').map((text) => print(2, [text])),
    ...waiting.map((wait) => print(2, [`waits: ${holderText(wait, run)}`])),
    ...more(queued - waiting.length, 'wait').map((text) => print(2, [text])),
  ];
}

function leaseLines(lease: LeaseStatus, { print, run }: Printing): string[] {
  const { name, kind, scope, size, used, holders, holderCount, waiting, waitCount } = lease;
  const of =
    scope === 'reach'
      ? 'of all hosts'
      : scope === 'machine'
        ? 'of this machine'
        : lease.run === undefined
          ? undefined
          : run(lease.run);
  const amount =
    kind === 'semaphore'
      ? `${used} of ${size ?? used} held`
      : kind === 'reservation'
        ? `${count(used, 'value')}`
        : undefined;
  return [
    print(1, [`${kind} ${JSON.stringify(name)}`, of, amount]),
    ...holders.map((holder) => print(2, [`${heldAs[kind]}: ${holderText(holder, run)}`])),
    ...more(holderCount - holders.length, 'holder').map((text) => print(2, [text])),
    ...waiting.map((wait) => print(2, [`waits: ${holderText(wait, run)}`])),
    ...more(waitCount - waiting.length, 'wait').map((text) => print(2, [text])),
  ];
}

const heldAs = {
  lock: 'held',
  rwlock: 'held',
  semaphore: 'held',
  once: 'computed',
  reservation: 'reserved',
} as const satisfies Record<LeaseStatus['kind'], string>;

/** "3 min, "adds a row" (cart.test.ts:14:3), run 4802" */
function holderText({ test, file, shard, takenAt, age, amount, run: id }: HolderStatus, run: Printing['run']): string {
  const place = takenAt ?? file;
  const name = test === undefined ? undefined : JSON.stringify(test);
  const where = name === undefined ? place : place === undefined ? name : `${name} (${place})`;
  const parts = [age === undefined ? undefined : ageText(age), amount === undefined ? undefined : `${amount} of it`];
  return [...parts, where ?? 'no test is known', shard && `shard ${shard}`, id === undefined ? undefined : run(id)]
    .filter((part) => part !== undefined)
    .join(', ');
}

/** By its pid, which is in the line of the run; that of another machine by its folder, too, which begins with the machine. */
function nameOfRun({ pid, remotePid, folder }: RunStatus): string {
  if (pid !== undefined) return `run ${pid}`;
  return remotePid === undefined ? `run ${folder}` : `run ${remotePid} of ${folder}`;
}

function more(number: number, one: string, many?: string): string[] {
  return number > 0 ? [`and ${number} more ${count(number, one, many).replace(/^\d+ /, '')}`] : [];
}

function byAge<T extends { readonly age: number }>(list: readonly T[]): T[] {
  return list.toSorted((a, b) => b.age - a.age);
}
