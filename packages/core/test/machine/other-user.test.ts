/** Two users of one machine, with one temporary folder: neither finds, ends or uses what is the other's. */
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { machineFolder, machineFolderName } from '../../src/hosts/machine-folder.ts';
import { failure } from '../support/failure.ts';
import { place } from '../support/pools.ts';
import { configured, onMachine, run, worker } from './support.ts';

const command = join(import.meta.dirname, '../../dist/cli.js');
const [uid, gid] = [65_534, 65_534];

interface Answer {
  readonly code: number | null;
  readonly said: string;
}

/** The command `carpool` of the other user. @param temp its temporary folder, which is that of others, too */
function carpool(temp: string, args: readonly string[], address?: string): Answer {
  const env = { PATH: process.env['PATH'], TMPDIR: temp, CARPOOL_ADDRESS: address, NO_COLOR: '1' };
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...args], {
    uid,
    gid,
    cwd: temp,
    env,
    encoding: 'utf8',
  });
  return { code: status, said: `${stdout}${stderr}` };
}

/** Why it cannot be seen here; undefined: it can. */
function cannot(): string | undefined {
  if (process.getuid?.() !== 0) return 'only root can be two users';
  const { error, stderr } = spawnSync(process.execPath, [command, '--version'], { uid, gid, encoding: 'utf8' });
  return error === undefined && stderr === ''
    ? undefined
    : `another user cannot read these files: ${error?.message ?? stderr}`;
}

/** For all users, as `/tmp` is. */
function shared(): string {
  const { path } = place();
  chmodSync(path, 0o1777);
  return path;
}

test('the host of another user is not found, not ended and not used, also by its address', async (context) => {
  const why = cannot();
  context.skip(why !== undefined, why);
  onMachine();
  const temp = shared();
  const host = await run({ configFile: configured() });
  const before = readdirSync(temp);
  expect(carpool(temp, ['ps'])).toEqual({ code: 0, said: 'carpool: no host is running\n' });
  expect(carpool(temp, ['stop']).said).toContain('there is no host of this machine');
  const address = String(host.provided.address);
  expect(carpool(temp, ['ps'], address).said).toMatch(
    /Cannot reach the host at [^ ]+: connect EACCES [^ ]+\. It is that of another user$/m,
  );
  expect(readdirSync(temp)).toEqual(before);
  const session = await (await worker(host)).register('echoes');
  expect(await session.request({ type: 'ask' })).toMatchObject({ type: 'reply' });
});

test('a folder that another user has made in the place of the own one is refused, and left alone', async (context) => {
  const why = cannot();
  context.skip(why !== undefined, why);
  const temp = mkdtempSync(join(tmpdir(), 'users-'));
  onTestFinished(() => rmSync(temp, { recursive: true, force: true }));
  const folder = join(temp, machineFolderName());
  mkdirSync(folder, { mode: 0o700 });
  chownSync(folder, uid, gid);
  const { message } = await failure(() => machineFolder([temp]), 'HUB_UNREACHABLE');
  expect(message).toContain(`it belongs to another user (uid ${uid}, this process has 0)`);
  expect(readdirSync(folder)).toEqual([]);
});
