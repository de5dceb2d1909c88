// Code of users runs in the host and prints: what it prints is shown, and never taken for a report.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { HostClient } from '../../src/client/client.ts';
import { startHost } from '../../src/main-process/start-host.ts';
import type { Host } from '../../src/main-process/types.ts';
import { failure } from '../support/failure.ts';
import { closing, place, program } from '../support/pools.ts';

const evil = JSON.stringify({ report: 'ready', address: `carpool:/nowhere#${'a'.repeat(64)}` });
const original = { ...process.env };

afterEach(() => {
  vi.restoreAllMocks();
  for (const name of ['TMPDIR', 'NODE_OPTIONS']) {
    if (original[name] === undefined) delete process.env[name];
    else process.env[name] = original[name];
  }
});

async function host(): Promise<Host> {
  process.env['TMPDIR'] = place().path;
  const started = await startHost({ root: place().path, pools: { echoes: program('echo') } });
  closing({ close: () => started.stop() });
  return started;
}

function preload(text: string): void {
  const file = join(place().path, 'preload.cjs');
  writeFileSync(file, text);
  process.env['NODE_OPTIONS'] = `--require ${file}`;
}

function config(text: string): void {
  writeFileSync(join(place().path, 'carpool.config.mjs'), `${text}\nexport default {};`);
}

/** What this process writes to stderr from now on. */
function stderr(): () => string {
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  return () => write.mock.calls.map(([text]) => String(text)).join('');
}

async function answers(started: Host): Promise<void> {
  const client = closing(await HostClient.connect({ address: started.address, runner: 'a test' }));
  await using session = await client.register('echoes');
  expect(await session.request({ type: 'query' })).toMatchObject({ type: 'reply' });
}

test('what a preload and a config print is shown, marked, and not believed', async () => {
  const printed = stderr();
  preload(`console.log('preloaded'); console.log(${JSON.stringify(evil)});`);
  config(`
    import { execSync } from 'node:child_process';
    execSync('printf "built\\\\nand linked"', { stdio: 'inherit' });
  `);
  const started = await host();
  expect(started.address).not.toContain('/nowhere');
  expect((await started.configured).problem).toBe(undefined);
  await answers(started);
  await started.stop();
  const marked = printed()
    .split('\n')
    .filter((line) => line.startsWith('carpool host: '));
  expect(marked).toEqual([
    'carpool host: preloaded',
    `carpool host: ${evil}`,
    'carpool host: built',
    'carpool host: and linked',
  ]);
});

test('a host that cannot start, or load its config, shows in its error what it has printed to stderr', async () => {
  const printed = stderr();
  preload(`console.error('no licence'); process.exit(3);`);
  const error = await failure(host(), 'HUB_UNREACHABLE');
  expect(error.message).toBe(
    'Cannot start the host process: it exited with code 3 before it was ready\n--- end of stderr ---\n  │ no licence',
  );
  expect(printed()).toBe('no licence\n');
  delete process.env['NODE_OPTIONS'];
  config(`console.error('no database'); throw new Error('cannot connect');`);
  const { problem } = await (await host()).configured;
  expect(problem?.message).toContain('cannot connect');
  expect(problem?.evidence.stderr).toBe('no database\n');
});

test('what is written to the descriptor of reports and is none is a named error', async () => {
  const printed = stderr();
  preload(`require('node:fs').writeSync(3, 'not a report\\n');`);
  const error = await failure(host(), 'HUB_UNREACHABLE');
  expect(error.message).toBe(
    'The host sent "not a report" where a report belongs: code in it writes to descriptor 3, which is Carpool\'s',
  );
  expect(printed()).toContain(`carpool: ${error.message} [HUB_UNREACHABLE]\n`);
});

test('what the host starts does not get that descriptor, and what keeps its stdout open holds nothing up', async () => {
  const pids = join(place().path, 'pid');
  config(`
    import { execSync, spawn } from 'node:child_process';
    import { writeFileSync } from 'node:fs';
    if (process.platform === 'linux') execSync('test ! -e /proc/$$/fd/3', { stdio: 'inherit' });
    const { pid } = spawn('sleep', ['1000'], { detached: true, stdio: 'inherit' });
    writeFileSync(${JSON.stringify(pids)}, String(pid));
  `);
  const started = await host();
  expect((await started.configured).problem).toBe(undefined);
  try {
    await answers(started);
    const before = performance.now();
    await started.stop();
    expect(performance.now() - before).toBeLessThan(4_000);
  } finally {
    try {
      process.kill(Number(readFileSync(pids, 'utf8')), 'SIGKILL');
    } catch {
      // The host has ended it.
    }
  }
});
