/** The unit of systemd in docs/reach.md: systemd understands it, and its command serves, in its environment. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { optionalProgram } from '@carpool/test-harness/programs';
import { expect, test } from 'vitest';
import { commandLine, config, write } from '../cli/carpool.ts';
import { closing, place } from '../support/pools.ts';

const page = readFileSync(join(import.meta.dirname, '../../../../docs/reach.md'), 'utf8');
const [, unit = ''] = /```ini\n(\[Unit\][^]*?)```/.exec(page) ?? [];
const verifier = optionalProgram(['systemd-analyze']);

/** What the unit has under a name. */
function values(name: string): string[] {
  return [...unit.matchAll(new RegExp(`^${name}=(.*)$`, 'gm'))].map(([, value = '']) => value);
}

test.skipIf(verifier.path === undefined)(`systemd has nothing to say about it${verifier.reason}`, () => {
  // It looks whether there is such a program.
  const file = write('carpool.service', unit.replace(/^ExecStart=\S+/m, `ExecStart=${process.execPath}`));
  const { status, stdout, stderr } = spawnSync(verifier.path ?? '', ['verify', file], { encoding: 'utf8' });
  expect([status, stdout, stderr]).toEqual([0, '', '']);
});

test('its command serves with the environment of a service alone, for other machines, and ends in order', async () => {
  const [line = ''] = values('ExecStart');
  const [folder = ''] = values('WorkingDirectory');
  const [program = '', ...args] = line.split(' ');
  expect(program).toBe(`${folder}/node_modules/.bin/carpool`);
  config({ echoes: 'echo' });
  // A command finds the Node of the unit by its first line.
  const bin = join(place().path, 'node_modules/.bin');
  mkdirSync(bin, { recursive: true });
  const [, main = ''] = commandLine();
  symlinkSync(main, join(bin, 'carpool'));
  const [path = ''] = values('Environment').map((one) => one.replace(/^PATH=[^:]*/, dirname(process.execPath)));
  const env = { PATH: path, HOME: place().path, USER: 'carpool', LOGNAME: 'carpool', TMPDIR: place().path };
  const given = args.map((arg) => arg.replace(/^[\d.]+:\d+$/, '127.0.0.1:0'));
  const child = spawn(join(bin, 'carpool'), given, { cwd: place().path, env, stdio: ['ignore', 'pipe', 'inherit'] });
  closing({ close: () => child.kill('SIGKILL') });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const said: string[] = [];
  while (!said.at(-1)?.startsWith('carpool: for other machines: ')) {
    const { value, done } = await lines.next();
    if (done === true) throw new Error(`it has ended, and said ${said.join('\n')}`);
    said.push(value);
  }
  expect(said[0]).toMatch(/^carpool: the host of this machine serves: process \d+, found in /);
  // Else systemd would also signal children, of which sessions are open.
  expect(values('KillMode')).toEqual(['mixed']);
  child.kill('SIGTERM');
  const [code] = (await once(child, 'exit')) as [number | null];
  expect(code).toBe(0);
});
