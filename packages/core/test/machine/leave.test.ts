/** The host of a machine, at the first signal that it is to end. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { version } from '../../src/base/version.ts';
import { makeHostDirectory } from '../../src/hosts/host-directory.ts';
import { MachineRuns } from '../../src/machine/runs.ts';
import { ownPorts } from '../../src/process/free-port.ts';
import { PidFiles } from '../../src/process/pid-files.ts';
import { readAnnouncement } from '../../src/reach/offer.ts';
import { FakeTopic } from '../support/fake-topic.ts';

test('others hear that it offers nothing more', async () => {
  const root = mkdtempSync(join(tmpdir(), 'leave-'));
  const directory = makeHostDirectory(undefined, '0'.repeat(64));
  onTestFinished(() => {
    directory.remove();
    rmSync(root, { recursive: true });
  });
  const topic = new FakeTopic();
  const key = 'carpool: the topic of a test';
  Object.assign(globalThis, { [key]: topic.open });
  onTestFinished(() => void Reflect.deleteProperty(globalThis, key));
  writeFileSync(
    join(root, 'carpool.config.mjs'),
    `export default {
      reach: { name: 'a fake', open: () => { throw new Error('it is not opened'); }, topic: globalThis[${JSON.stringify(key)}] },
      pools: { echoes: { command: 'node', args: ['-e', '0'], codec: 'json-lines' } },
    };`,
  );
  const runs = new MachineRuns({
    bounds: {},
    directory,
    ports: ownPorts,
    reservations: () => expect.unreachable('no run is opened'),
    started: new PidFiles(directory.children),
    changed: () => {},
    stop: () => {},
    listener: () => undefined,
  } as unknown as ConstructorParameters<typeof MachineRuns>[0]);
  const project = {
    project: { root },
    env: { PATH: process.env['PATH'] ?? '' },
    cwd: root,
    host: '127.0.0.1',
    port: 0,
  };
  await runs.offer(project, () => ['an address']);
  await topic.settled();
  const offers = readAnnouncement(topic.last, version);
  expect(offers).toMatchObject({ says: 'offers', offer: { pools: { echoes: expect.anything() } } });
  const { host } = (offers as { readonly offer: { readonly host: string } }).offer;
  runs.leave();
  expect(readAnnouncement(topic.last, version)).toEqual({ says: 'ends', host });
  const { published } = topic;
  await runs.close();
  expect(topic.published).toBe(published);
});
