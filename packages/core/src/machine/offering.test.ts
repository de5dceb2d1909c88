import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { OfferingProject as Project } from '../../test/support/offering-project.ts';
import { CarpoolError } from '../base/errors.ts';
import { version } from '../base/version.ts';
import { server } from '../config/define-server.ts';
import type { LoadedConfig } from '../config/load.ts';
import type { PoolOptions } from '../pool/options.ts';
import type { PoolStats } from '../pool/types.ts';
import { readAnnouncement } from '../reach/offer.ts';
import type { Reach } from '../reach/types.ts';

/** A look takes a moment of this process. */
const looks = { interval: 2 };

const pool: PoolOptions = { command: 'node', args: ['-e', '0'], codec: 'json-lines' };

test('it says that it offers when others hear of it, and not before', async () => {
  const project = new Project();
  project.topic.fail();
  project.pools({ db: pool });
  await project.offering.start();
  await project.topic.settled();
  expect(project.lines).toEqual([]);
  project.topic.fail();
  project.topic.connect();
  expect(project.lines).toEqual([
    'not heard of by other hosts: Cannot use a fake: it is cut',
    'offers to other hosts: db',
  ]);
  expect(project.heard).toEqual(['db']);
});

test.each([
  ['no config', undefined],
  ['a config without `reach`', () => ({ pools: { db: pool } })],
  ['a config without pools', (reach: Reach) => ({ reach })],
  ['pools of servers alone', (reach: Reach) => ({ reach, pools: { db: server({ command: 'node' }) } })],
] as const)('where there is %s at first, it is looked at again', async (_, config) => {
  const project = new Project();
  if (config === undefined) {
    project.config = () => {
      throw new CarpoolError('CONFIG_INVALID', 'There are no pools');
    };
  } else project.edit(() => config(project.reach) as Partial<LoadedConfig>);
  await project.offering.start();
  expect(project.heard).toBeUndefined();
  project.pools({ db: pool });
  await expect.poll(() => project.line, looks).toBe('offers to other hosts: db');
  expect(project.heard).toEqual(['db']);
});

test('a faulty config is tried again when a file that it imports is edited, and later where nothing is', async () => {
  const project = new Project();
  const imported = join(project.root, 'imported.mjs');
  writeFileSync(imported, '');
  project.imports = [imported];
  let mistake = 'a mistake';
  project.edit(() => {
    if (mistake !== '') throw new Error(mistake);
    return { reach: project.reach, pools: { db: pool } };
  });
  await project.offering.start();
  expect(project.lines).toEqual(['offers nothing to other hosts: a mistake']);
  mistake = 'another mistake';
  writeFileSync(imported, 'edited');
  await expect.poll(() => project.line, looks).toBe('offers nothing to other hosts: another mistake');
  expect(project.loads).toBe(2);
  // Such as a package that was installed meanwhile. Each time it waits for longer: 10, 20, 40, 80 s.
  const began = project.clock.now();
  await expect.poll(() => [project.line, project.loads][1], looks).toBe(6);
  expect(project.clock.now() - began).toBeGreaterThanOrEqual(150_000);
  expect(project.lines).toHaveLength(2);
  mistake = '';
  await expect.poll(() => project.line, looks).toBe('offers to other hosts: db');
});

test('a pool whose `identity` fails is left out, which is said once, and is offered when it does not fail', async () => {
  const project = new Project();
  let asked = 0;
  let works = false;
  const identity = (): { value: number } => {
    asked++;
    if (!works) throw new Error('no compiler');
    return { value: 1 };
  };
  project.pools({ db: pool, engine: { ...pool, identity } });
  await project.offering.start();
  await project.topic.settled();
  const fault = /^does not offer engine to other hosts: .*`identity` function failed: no compiler$/;
  expect(project.lines).toEqual([expect.stringMatching(fault), 'offers to other hosts: db']);
  expect(project.heard).toEqual(['db']);
  await expect.poll(() => [project.line, asked][1], looks).toBe(4);
  expect(project.lines).toHaveLength(2);
  works = true;
  await expect.poll(() => project.line, looks).toBe('offers to other hosts: db, engine');
  await expect.poll(() => [project.line, project.heard][1], looks).toEqual(['db', 'engine']);
  // By the same connection, and the same address.
  expect([project.topic.opened, project.invites]).toEqual([1, 1]);
});

test('where no `identity` works at first, all are offered when one does', async () => {
  const project = new Project();
  let works = false;
  const identity = (): { value: number } => {
    if (!works) throw new Error('no compiler');
    return { value: 1 };
  };
  project.pools({ engine: { ...pool, identity } });
  await project.offering.start();
  expect(project.lines).toHaveLength(1);
  expect(project.topic.opened).toBe(0);
  works = true;
  await expect.poll(() => project.line, looks).toBe('offers to other hosts: engine');
  expect(project.heard).toEqual(['engine']);
});

test('pools that are taken out of the config are withdrawn: others are told', async () => {
  const project = new Project();
  project.pools({ db: pool });
  await project.offering.start();
  await project.topic.settled();
  expect(project.heard).toEqual(['db']);
  project.pools({});
  await expect.poll(() => project.line, looks).toBe('no pool that can be offered to other hosts');
  expect(readAnnouncement(project.topic.last, version)).toEqual({ says: 'ends', host: project.offering.host });
});

test('where its address is revoked it says goodbye, and offers nothing any more, whatever is edited', async () => {
  const project = new Project();
  project.pools({ db: pool });
  await project.offering.start();
  await project.topic.settled();
  expect(project.heard).toEqual(['db']);
  project.revoke?.();
  const last =
    'offers nothing to other hosts any more: its address was revoked. Start this host again to offer its pools';
  expect(project.lines.at(-1)).toBe(last);
  await project.offering.close();
  expect(readAnnouncement(project.topic.last, version)).toEqual({ says: 'ends', host: project.offering.host });
  const { published } = project.topic;
  project.pools({ other: pool });
  project.offering.filled();
  project.clock.pass(600_000);
  expect(project.clock.pending).toBe(0);
  expect([project.topic.published, project.loads, project.lines.at(-1)]).toEqual([published, 1, last]);
});

test('a pool is as full in its offer as for the runs of this host: what waits beside slots that are shut counts', async () => {
  const project = new Project();
  // Sessions that had begun before two of the slots were shut.
  project.stats = { maxSessions: 4, quarantined: 2, open: 3, queued: 1 } as PoolStats;
  project.pools({ db: { ...pool, maxSessions: 4 } });
  await project.offering.start();
  await project.topic.settled();
  const said = readAnnouncement(project.topic.last, version);
  expect(said).toMatchObject({ offer: { pools: { db: { slots: 2, free: 0, queued: 2 } } } });
});

test.each(['its own file', 'a file that it imports'])(
  'an edit of %s while a config is loaded is noticed',
  async (which) => {
    const project = new Project();
    const imported = join(project.root, 'imported.mjs');
    writeFileSync(imported, '');
    project.imports = [imported];
    const after = { reach: project.reach, pools: { after: pool } };
    project.edit(() => {
      if (which === 'its own file') project.edit(() => after);
      else {
        project.config = () => after;
        writeFileSync(imported, 'edited');
      }
      return { reach: project.reach, pools: { before: pool } };
    });
    await project.offering.start();
    await project.topic.settled();
    expect(project.lines).toEqual(['offers to other hosts: before']);
    await expect.poll(() => project.line, looks).toBe('offers to other hosts: after');
    expect(project.loads).toBe(2);
  },
);

test('of many addresses it offers as many as others read', async () => {
  const project = new Project();
  project.addresses = 17;
  project.pools({ db: pool });
  await project.offering.start();
  await project.topic.settled();
  expect(project.lines).toEqual(['offers to other hosts: db']);
  const said = readAnnouncement(project.topic.last, version);
  const addresses = Array.from({ length: 16 }, (_, at) => `address ${at + 1}`);
  expect(said).toMatchObject({ offer: { addresses } });
});

const many = (count: number, name: string): Readonly<Record<string, PoolOptions>> =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`${name}${at}`, pool]));

test.each([
  ['too many pools', many(257, 'p'), 'there are 257 pools, and the limit is 256'],
  [
    'a name that is too long',
    { ['n'.repeat(301)]: pool },
    `the name of the pool ${'n'.repeat(20)}… has 301 characters, and the limit is 300`,
  ],
  [
    'too much in all',
    many(250, 'n'.repeat(250)),
    'what is told of its 250 pools has \\d+ characters, and the limit is 65536: give them shorter names, or offer fewer',
  ],
])('an offer that no host reads is not told as one: %s', async (_, pools, why) => {
  const project = new Project();
  project.pools(pools);
  await project.offering.start();
  await project.topic.settled();
  expect(project.heard).toBeUndefined();
  expect(project.lines).toEqual([expect.stringMatching(`^offers nothing to other hosts: ${why}$`)]);
  project.pools({ db: pool });
  await expect.poll(() => project.line, looks).toBe('offers to other hosts: db');
  expect(project.heard).toEqual(['db']);
});
