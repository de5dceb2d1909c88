// What hosts of the machine leave in the folders where they are found: of other versions, and of earlier boots.
import { existsSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test, vi } from 'vitest';
import { checkLeftovers } from '../../src/cli/doctor/leftovers.ts';
import { ownRecord, type HostRecord } from '../../src/hosts/host-record.ts';
import { machineFolder } from '../../src/hosts/machine-folder.ts';
import { leftMachineFolders, sweepMachineFolders } from '../../src/hosts/machine-leftovers.ts';
import { place } from '../support/pools.ts';
import { endedProcess } from '../support/ended-process.ts';
import { configured, onMachine, run } from './support.ts';

const user = process.platform === 'win32' ? 'user' : String(process.getuid?.());
const minutes = (count: number): Date => new Date(Date.now() - count * 60_000);
const day = 24 * 60;

interface Found {
  readonly record?: Partial<HostRecord>;
  /** Other files, with their texts. */
  readonly files?: Readonly<Record<string, string>>;
  /** Minutes since the last change. */
  readonly age?: number;
}

let gone = 0;
beforeEach(async () => {
  gone = (await endedProcess()).pid;
});

/** A folder as a host of another version has it. */
function folder(version: string, { record, files = {}, age = 5 }: Found): string {
  const path = join(place().path, `carpool-${user}-machine-${version}-1-00000000`);
  mkdirSync(path, { mode: 0o700 });
  const address = `carpool:${place().path}/carpool-${user}-0123456789ab/hub#${'0'.repeat(64)}`;
  const own = { ...ownRecord(address), pid: gone, startTime: 'of a process that is gone' };
  const all = { log: '', ...files, ...(record && { 'host.json': JSON.stringify({ ...own, ...record }) }) };
  for (const [name, text] of Object.entries(all)) {
    writeFileSync(join(path, name), text);
    utimesSync(join(path, name), minutes(age), minutes(age));
  }
  utimesSync(path, minutes(age), minutes(age));
  return path;
}

const bases = (): string[] => [place().path];
const running = { pid: process.pid, startTime: ownRecord().startTime };

test('a folder whose host is proven to be gone is left, and removed by a sweep; any other stays', () => {
  const left = [
    folder('1.0.0', { record: {} }),
    folder('1.0.1', { record: { boot: 'an earlier one' } }),
    folder('1.0.2', { age: day + 1 }),
    folder('1.0.3', { record: {}, files: { 'start-none-0': JSON.stringify({ pid: gone, startTime: 'gone' }) } }),
  ];
  const stays = [
    folder('2.0.0', { record: running }),
    folder('2.0.1', { record: {}, age: 0 }),
    folder('2.0.2', { age: day - 1 }),
    folder('2.0.3', { record: {}, files: { 'start-none-0': JSON.stringify(running) } }),
    folder('2.0.4', { record: {}, files: { 'start-none-0': '{"pid"' } }),
    folder('2.0.5', { record: { boot: 'an earlier one', address: `carpool:${place().path}/hub#${'0'.repeat(64)}` } }),
    folder('2.0.6', { record: { boot: 'an earlier one', address: 'nowhere' } }),
    folder('2.0.7', { files: { 'host.json': '{"version":1' } }),
  ];
  const elsewhere = join(place().path, 'elsewhere');
  mkdirSync(elsewhere);
  utimesSync(elsewhere, minutes(2 * day), minutes(2 * day));
  const link = join(place().path, `carpool-${user}-machine-3.0.0-1-00000000`);
  symlinkSync(elsewhere, link);
  expect(leftMachineFolders(bases()).toSorted()).toEqual(left);
  sweepMachineFolders(bases());
  expect(left.filter((path) => existsSync(path))).toEqual([]);
  expect([...stays, elsewhere, link].filter((path) => !existsSync(path))).toEqual([]);
});

test('files of starters that were killed are removed, and no others', () => {
  const path = folder('1.0.0', {
    record: running,
    files: {
      '.11-1': JSON.stringify({ pid: gone, startTime: 'gone' }),
      '.12-1': 'half of o',
      '.13-1': JSON.stringify(running),
      '.hidden': 'of the user',
    },
  });
  const fresh = folder('2.0.0', { files: { '.14-1': '' }, age: 0 });
  sweepMachineFolders(bases());
  const there = ['.11-1', '.12-1', '.13-1', '.hidden', 'log'].filter((name) => existsSync(join(path, name)));
  expect(there).toEqual(['.13-1', '.hidden', 'log']);
  expect(existsSync(join(fresh, '.14-1'))).toBe(true);
});

test('a host that starts removes them, and carpool doctor names them; --sweep removes them', async () => {
  onMachine();
  configured();
  const path = folder('1.0.0', { record: {} });
  const text = `${path}, in which a host of this machine was found that is gone`;
  expect(await checkLeftovers({ bases: bases() })).toMatchObject([{ status: 'warning', text: `there is ${text}` }]);
  expect(await checkLeftovers({ bases: bases(), sweep: true })).toMatchObject([
    { status: 'ok', text: `removed: ${text}` },
  ]);
  expect(existsSync(path)).toBe(false);
  const again = folder('1.0.0', { record: {} });
  const own = machineFolder();
  await run();
  await vi.waitUntil(() => !existsSync(again), { timeout: 20_000 });
  expect(existsSync(own)).toBe(true);
});
