/** `carpool watch --open`: what starts the browser, and what is said where nothing does. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, readFileSync, statSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { linux, posix } from '@carpool/test-harness/programs';
import { expect, test, vi } from 'vitest';
import { configured, onMachine, run } from '../machine/support.ts';
import { closing, place, until } from '../support/pools.ts';
import { commandLine, write } from './carpool.ts';
import { ask, interrupt, served } from './watched-page.ts';

/** What opens files in a browser, in the path of this test. */
function opener(script: string): void {
  const path = write('bin/xdg-open', `#!${process.execPath}\n${script}\n`);
  chmodSync(path, 0o755);
  vi.stubEnv('PATH', `${dirname(path)}${delimiter}${process.env['PATH']}`);
}

test.skipIf(!linux.holds)(
  `where no browser can be started, the address is told again, and served${linux.reason}`,
  async () => {
    opener('process.exit(3);');
    const page = await served('--open');
    await once(page.watching.process.stderr!, 'data');
    expect((await ask(page.address)).status).toBe(200);
    page.watching.process.kill('SIGINT');
    const { code, stderr } = await page.watching.ended;
    const why = 'no browser can be started (xdg-open has ended with exit code 3)';
    expect([code, stderr]).toEqual([0, `carpool: ${why}: open ${page.address} in one\n`]);
  },
);

test('where the file for the browser cannot be written, the command says so, and ends', async () => {
  onMachine();
  configured();
  const host = await run({ host: 'run' });
  const [node = '', ...words] = commandLine('watch', '--open');
  const missing = join(place().path, 'missing');
  const env = { ...process.env, NO_COLOR: '1', TMPDIR: missing, TEMP: missing, TMP: missing };
  const child = spawn(node, words, {
    env: { ...env, CARPOOL_ADDRESS: String(host.provided.address) },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  closing({ close: () => child.kill('SIGKILL') });
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  expect([code, said]).toEqual([
    1,
    expect.stringMatching(/^carpool: the file that leads a browser to the page cannot be written: ENOENT.*\n$/),
  ]);
});

test.skipIf(!posix.holds)(
  `--open starts the browser with a file of this user, and not with the token${posix.reason}`,
  async () => {
    const record = join(place().path, 'opened');
    opener(`require('node:fs').writeFileSync(${JSON.stringify(record)}, process.argv[2]);`);
    const page = await served('--open');
    await until('it was opened', () => existsSync(record) && readFileSync(record, 'utf8') !== '');
    const file = readFileSync(record, 'utf8');
    expect(file).not.toContain('http');
    expect(readFileSync(file, 'utf8')).toContain(`url=${page.address}`);
    expect(statSync(file).mode & 0o077).toBe(0);
    await interrupt(page);
    expect(existsSync(file)).toBe(false);
  },
);
