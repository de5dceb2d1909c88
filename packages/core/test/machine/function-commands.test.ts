// Pools whose `command` is a function: what they say of themselves decides which work trees share their children.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import type { RunHost } from '../../src/main-process/run-host.ts';
import { failure } from '../support/failure.ts';
import { place, program, programPath, until } from '../support/pools.ts';
import { onMachine, run, worker } from './support.ts';

/**
 * A work tree with a pool as a dialect makes it: `command` finds out what `open` needs, and both close over options.
 * @param identity as source; none: as a dialect that has none
 */
function workTree(name: string, identity: string | undefined): string {
  const tree = join(place().path, name);
  mkdirSync(join(tree, '.git'), { recursive: true });
  writeFileSync(join(tree, '.git', 'HEAD'), `ref: refs/heads/${name}\n`);
  mkdirSync(join(tree, 'schema'));
  writeFileSync(join(tree, 'schema', '1.sql'), 'CREATE TABLE note (text text)');
  writeFileSync(
    join(tree, 'carpool.config.mjs'),
    `import { readFileSync } from 'node:fs';
    const prepared = new Map();
    const { command, args, ...rest } = ${JSON.stringify(program('web'))};
    const { protocol, closeTimeout, ...pool } = rest;
    const options = {
      ...pool,
      command: ({ temp, cwd }) => {
        prepared.set(temp, readFileSync(cwd + '/schema/1.sql', 'utf8'));
        return { command, args: [...args.filter((arg) => arg !== '--hello'), '--port', '{port}'] };
      },
      identity: ${identity ?? 'undefined'},
      helloTimeout: 30_000,
      forwardStderr: false,
      server: {
        ready: { port: true },
        readyTimeout: 30_000,
        startTimeout: 30_000,
        stopSignal: 'SIGTERM',
        open: ({ temp, pid }) => ({ pid, prepared: prepared.get(temp) }),
      },
    };
    export default { pools: { db: options } };`,
  );
  return tree;
}

const filesAndFolder = `({ cwd, find }) => ({ files: [find('node') ?? 'node', 'schema/1.sql'], value: { cwd } })`;

interface Opened {
  readonly pid: number;
  readonly prepared: string;
}

/** What a session of the run finds. */
async function opened(host: RunHost): Promise<Opened> {
  const client = await worker(host);
  const session = await client.register('db');
  await session.unregister();
  return session.opened as Opened;
}

test('two work trees share a server whose inputs are the same, and not one whose schema was edited', async () => {
  onMachine();
  const [a, b, edited] = ['a', 'b', 'edited'].map((name) => workTree(name, filesAndFolder));
  writeFileSync(join(edited!, 'schema', '1.sql'), 'CREATE TABLE note (text text, at date)');
  const first = await opened(await run({ root: a! }));
  expect(first.prepared).toBe('CREATE TABLE note (text text)');
  expect(await opened(await run({ root: b! }))).toEqual(first);
  const other = await opened(await run({ root: edited! }));
  expect(other.pid).not.toBe(first.pid);
  expect(other.prepared).toContain('at date');
});

test('a server that another run has started has the functions of that run, also when the first has gone', async () => {
  onMachine();
  const [a, b] = ['a', 'b'].map((name) => workTree(name, filesAndFolder));
  const first = await run({ root: a! });
  const second = await run({ root: b! });
  const { pid } = await opened(first);
  expect(await opened(second)).toMatchObject({ pid });
  await first.stop();
  rmSync(a!, { recursive: true });
  process.kill(pid, 'SIGKILL');
  const client = await worker(second);
  await until('the server is gone', async () => (await client.stats())[0]?.running === 0);
  const successor = await opened(second);
  expect(successor.pid).not.toBe(pid);
  expect(successor.prepared).toBe('CREATE TABLE note (text text)');
});

test('where nothing says what it is made from, and where it names its folder, only runs of one folder share it', async () => {
  onMachine();
  for (const [at, identity] of [undefined, `{ folders: ['schema'] }`].entries()) {
    const [a, b] = ['a', 'b'].map((name) => workTree(`${name}${at}`, identity));
    const { pid } = await opened(await run({ root: a! }));
    expect(await opened(await run({ root: a! }))).toMatchObject({ pid });
    expect((await opened(await run({ root: b! }))).pid).not.toBe(pid);
  }
});

test('an identity that cannot be told fails the pool with what is wrong', async () => {
  onMachine();
  const fails = async (name: string, identity: string, options: object = {}): Promise<string> => {
    const host = await run({ root: workTree(name, identity), ...options });
    const client = await worker(host);
    return (await failure(client.register('db'), 'CONFIG_INVALID')).message;
  };
  const attempt = 'Cannot tell what the children of pool "db" are made from: its `identity` function';
  expect(await fails('throws', `() => { throw new Error('no schema') }`)).toContain(`${attempt} failed: no schema`);
  expect(await fails('wrong', `() => ({ file: ['a'] })`)).toContain(
    `${attempt} failed: it returned {file: ["a"]}; allowed: { files?, folders?, value? }, with lists of paths`,
  );
  expect(await fails('hangs', `() => new Promise(() => {})`, { configTimeout: 1_000 })).toContain(
    `${attempt} has not ended within 1000 ms`,
  );
  expect(await fails('shape', `{ files: 'a' }`)).toContain(
    'at `pools.db.identity`: found {files: "a"}; allowed: an object, { files?, folders?, value? }, or a function that returns one',
  );
});

test('a file among its arguments makes a child of a function another one, too', async () => {
  onMachine();
  const tree = (name: string): string => {
    const folder = workTree(name, `{}`);
    writeFileSync(join(folder, 'echo.mjs'), `import ${JSON.stringify(programPath('echo'))};\n`);
    const { args = [], ...pool } = program('echo');
    writeFileSync(
      join(folder, 'carpool.config.mjs'),
      `const { command, ...pool } = ${JSON.stringify({ ...pool, args: ['echo.mjs', ...args.slice(1)] })};
      export default { pools: { db: { ...pool, command: () => command, identity: {} } } };`,
    );
    return folder;
  };
  vi.stubEnv('UNRELATED', undefined);
  const pidOf = async (root: string): Promise<unknown> => {
    const client = await worker(await run({ root }));
    await (await client.register('db')).unregister();
    return (await client.stats())[0]?.pids.at(-1);
  };
  const [a, b, edited] = ['a', 'b', 'edited'].map(tree);
  writeFileSync(join(edited!, 'echo.mjs'), `import ${JSON.stringify(programPath('echo'))}; // edited\n`);
  const pid = await pidOf(a!);
  expect(await pidOf(b!)).toBe(pid);
  expect(await pidOf(edited!)).not.toBe(pid);
});
