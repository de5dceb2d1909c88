/** docs/wire.md against the code: its tables, its dump, and a client that is written from the page alone. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { codeBlocks } from '@carpool/test-harness/code-blocks';
import { expect, test } from 'vitest';
import { Hub } from '../../src/host/hub/hub.ts';
import { headBytes, op, readHead, wireVersion } from '../../src/wire/frames.ts';
import type { MethodTable } from '../../src/wire/messages.ts';
import { version } from '../../src/base/version.ts';
import { serve } from '../support/hubs.ts';
import { place, program } from '../support/pools.ts';

const page = readFileSync(join(import.meta.dirname, '../../../../docs/wire.md'), 'utf8');

/** The cells of every row of the table under this heading. */
function tableUnder(heading: string): string[][] {
  const [, section = ''] = page.split(`\n## ${heading}\n`);
  const rows = (section.split('\n## ')[0] ?? '').split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

const dumps = codeBlocks('docs/wire.md').filter(({ language }) => language === 'hex');
const [said, answered] = dumps.map(({ code }) =>
  Buffer.from(
    code
      .split('\n')
      .map((line) => line.slice(10, 57))
      .join('')
      .replaceAll(/\s/g, ''),
    'hex',
  ),
);

interface WireFrame {
  readonly op: number;
  readonly session: number;
  readonly call: number;
  readonly body: Buffer;
}

function frameIn(bytes: Buffer): WireFrame {
  const payload = bytes.subarray(4, 4 + bytes.readUInt32BE(0));
  return { ...readHead(payload), body: payload.subarray(9) };
}

/** Written from the page alone. */
class ByHand {
  readonly closed: Promise<void>;
  readonly #socket: Socket;
  #buffer = Buffer.alloc(0);

  constructor(path: string) {
    this.#socket = connect(path);
    this.closed = new Promise((resolve) => this.#socket.once('close', () => resolve()));
  }

  write(kind: number, session: number, call: number, body: unknown): void {
    const bytes = Buffer.from(JSON.stringify(body));
    const head = Buffer.alloc(13);
    head.writeUInt32BE(9 + bytes.length, 0);
    head.writeUInt8(kind, 4);
    head.writeUInt32BE(session, 5);
    head.writeUInt32BE(call, 9);
    this.#socket.write(Buffer.concat([head, bytes]));
  }

  writeBytes(bytes: Buffer): void {
    this.#socket.write(bytes);
  }

  async read(): Promise<WireFrame & { readonly json: Record<string, unknown> }> {
    while (this.#buffer.length < 4 || this.#buffer.length < 4 + this.#buffer.readUInt32BE(0)) {
      const [chunk] = (await once(this.#socket, 'data')) as [Buffer];
      this.#buffer = Buffer.concat([this.#buffer, chunk]);
    }
    const frame = frameIn(this.#buffer);
    this.#buffer = this.#buffer.subarray(13 + frame.body.length);
    return { ...frame, json: JSON.parse(frame.body.toString()) as Record<string, unknown> };
  }

  end(): void {
    this.#socket.destroy();
  }
}

test('the table of ops is the one of the code', () => {
  const rows = tableUnder('Ops').map(([number = '', name = '', from = '']) => [
    name,
    Number(number.replaceAll('`', '')),
    from,
  ]);
  expect(rows).toEqual(Object.entries(op).map(([name, number]) => [name, number, number >= 0x80 ? 'host' : 'worker']));
});

type FieldsOf<T> = { readonly [Name in keyof T & string as {} extends Pick<T, Name> ? `${Name}?` : Name]: 0 };
/** Every lease has these; the page describes them once, below the table. */
type LeaseFields = 'under' | 'holder' | 'at' | 'flow' | 'chain' | 'lasts' | 'reach';
type Taken<R> = R extends { readonly lease: number } ? Omit<R, 'method' | LeaseFields> : Omit<R, 'method'>;

test('the table of methods is the one of the code, field by field', () => {
  const methods = {
    greet: [
      { token: 0, wire: 0, version: 0, runner: 0, pid: 0, 'run?': 0, 'shard?': 0, 'observer?': 0, 'sharedWorker?': 0 },
      { peer: 0, version: 0 },
    ],
    register: [
      {
        session: 0,
        pool: 0,
        'owner?': 0,
        'wait?': 0,
        'timeout?': 0,
        'timeLeft?': 0,
        'holder?': 0,
        'under?': 0,
        stack: 0,
        'params?': 0,
        'clonedParams?': 0,
        'tried?': 0,
        'spent?': 0,
      },
      {
        format: 0,
        hello: 0,
        'opened?': 0,
        'clonedOpened?': 0,
        id: 0,
        'sessionField?': 0,
        wireIds: 0,
        'idField?': 0,
        'labelFields?': 0,
        'refuses?': 0,
        requestTimeout: 0,
        closeTimeout: 0,
        maxUnreadEvents: 0,
        maxFrameBytes: 0,
        'diagnostics?': 0,
        'leaks?': 0,
        'slotWait?': 0,
      },
    ],
    openedElsewhere: [{ pool: 0, host: 0 }, {}],
    leaked: [{ found: 0 }, {}],
    address: [{ session: 0 }, { token: 0 }],
    join: [
      { session: 0, pid: 0 },
      {
        pool: 0,
        format: 0,
        hello: 0,
        'opened?': 0,
        'clonedOpened?': 0,
        id: 0,
        'sessionField?': 0,
        wireIds: 0,
        'idField?': 0,
        'labelFields?': 0,
        'refuses?': 0,
        requestTimeout: 0,
        closeTimeout: 0,
        maxUnreadEvents: 0,
        maxFrameBytes: 0,
        'diagnostics?': 0,
        'leaks?': 0,
        'slotWait?': 0,
      },
    ],
    unregister: [{ session: 0 }, {}],
    release: [{ owner: 0, 'failed?': 0 }, { unconfirmed: 0 }],
    evidence: [
      { session: 0, 'failed?': 0 },
      {
        'stderr?': 0,
        'stdout?': 0,
        'messages?': 0,
        'strays?': 0,
        'silence?': 0,
        'activity?': 0,
        'logged?': 0,
        'exit?': 0,
      },
    ],
    start: [
      { pool: 0, 'probe?': 0 },
      { 'answers?': 0, 'asked?': 0 },
    ],
    runStarted: [{}, {}],
    runEnded: [{}, { 'files?': 0, 'globs?': 0 }],
    openRun: [
      { run: 0, root: 0, 'configFile?': 0, 'pools?': 0, env: 0, cwd: 0, configTimeout: 0, 'sessionsOnly?': 0 },
      { address: 0, pools: 0, sharedWorkers: 0, locks: 0, 'redact?': 0, files: 0, 'problem?': 0, 'identities?': 0 },
    ],
    closeRun: [{}, { pools: 0, crashes: 0, 'transcript?': 0, 'leaks?': 0 }],
    invite: [{ name: 0, 'expires?': 0 }, { addresses: 0 }],
    revoke: [{ name: 0 }, { addresses: 0, connections: 0 }],
    summary: [{}, { pools: 0, crashes: 0, 'transcript?': 0, 'leaks?': 0 }],
    runInfo: [{}, { 'run?': 0, 'machine?': 0 }],
    stop: [{ 'run?': 0 }, {}],
    status: [
      { 'most?': 0 },
      {
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
      },
    ],
    observe: [{ 'filter?': 0, 'characters?': 0, 'said?': 0 }, { sessions: 0 }],
    sharedWorker: [
      { 'filename?': 0, 'name?': 0, 'initialData?': 0 },
      { path: 0, file: 0, readyTimeout: 0 },
    ],
    sharedWorkerState: [
      { path: 0, 'ended?': 0 },
      { 'error?': 0, 'stderr?': 0, 'stdout?': 0 },
    ],
    ping: [{}, {}],
    pools: [{}, { pools: 0, sharedWorkers: 0, locks: 0, 'redact?': 0, 'machine?': 0 }],
    problemShown: [{}, { before: 0 }],
    stats: [{}, { pools: 0 }],
    acquire: [
      { lease: 0, name: 0, kind: 0, size: 0, weight: 0, 'wait?': 0, 'timeout?': 0, 'limit?': 0, 'detectDeadlock?': 0 },
      { 'waited?': 0, 'what?': 0, 'behind?': 0, 'fence?': 0 },
    ],
    reserve: [
      { lease: 0, space: 0, values: 0 },
      { places: 0, 'fence?': 0 },
    ],
    once: [
      { lease: 0, key: 0, 'cleanup?': 0, 'maxAge?': 0, 'lost?': 0, 'timeout?': 0, 'detectDeadlock?': 0 },
      { 'value?': 0, 'file?': 0, 'store?': 0, 'inline?': 0, 'waited?': 0, 'what?': 0, 'behind?': 0, 'fence?': 0 },
    ],
    settle: [{ lease: 0, 'value?': 0, 'stored?': 0, 'outlives?': 0, 'failure?': 0 }, {}],
  } satisfies {
    readonly [M in keyof MethodTable]: readonly [
      FieldsOf<Taken<MethodTable[M]['request']>>,
      FieldsOf<MethodTable[M]['result']>,
    ];
  };
  const namesIn = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
  const rows = tableUnder('Methods of CALL').map(([name = '', takes = '', gives = '']) => [
    ...namesIn(name),
    namesIn(takes),
    namesIn(gives),
  ]);
  const wanted = Object.entries(methods).map(([name, [takes, gives]]) => [
    name,
    Object.keys(takes),
    Object.keys(gives),
  ]);
  expect(rows).toEqual(wanted);
});

test('the page names its version, and the size of a head', () => {
  expect(page).toContain(`\`wire\` is ${wireVersion},`);
  expect(page).toContain(`${headBytes} for op, session and call`);
});

test('the dump is a greeting that a host answers as the page says', async () => {
  const { token } = JSON.parse(frameIn(said!).body.toString()) as { token: string };
  const path = join(place().path, 'by-hand');
  const hub = new Hub({ token, pools: Promise.resolve(new Map()) });
  await hub.listen(path);
  const worker = new ByHand(path);
  worker.writeBytes(said!);
  const answer = await worker.read();
  const wanted = frameIn(answered!);
  expect({ op: answer.op, session: answer.session, call: answer.call }).toEqual({
    op: wanted.op,
    session: wanted.session,
    call: wanted.call,
  });
  expect(JSON.stringify(answer.json)).toBe(wanted.body.toString().replace('"0.1.0"', JSON.stringify(version)));
  worker.end();
  await hub.close();
});

test('a client written from the page alone can hold a session', async () => {
  const { path, token } = await serve({ echoes: program('echo') });
  const worker = new ByHand(path);
  worker.write(op.CALL, 0, 1, { method: 'greet', token, wire: 1, version: 'none', runner: 'by hand', pid: 1 });
  expect(await worker.read()).toMatchObject({ op: op.RESULT, call: 1 });
  worker.write(op.CALL, 0, 2, { method: 'register', session: 7, pool: 'echoes', under: ['file', 'test'], stack: '' });
  expect(await worker.read()).toMatchObject({
    op: op.RESULT,
    call: 2,
    json: { format: 'json', sessionField: 'session', id: 's1', wireIds: ['s1'] },
  });
  worker.write(op.REQUEST, 7, 3, { type: 'echo', text: 'hello' });
  expect(await worker.read()).toMatchObject({ op: op.REPLY, session: 7, call: 3, json: { echo: { text: 'hello' } } });
  worker.write(op.CALL, 0, 4, { method: 'release', owner: ['file'] });
  expect(await worker.read()).toMatchObject({ op: op.RESULT, call: 4, json: { unconfirmed: 0 } });
  worker.write(op.CALL, 0, 5, { method: 'register', session: 8, pool: 'echoes', under: ['file'], stack: '' });
  expect(await worker.read()).toMatchObject({ op: op.FAILED, call: 5, json: { code: 'SESSION_CLOSED' } });
  worker.write(0x7f, 0, 6, {});
  await worker.closed;
});
