import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { FakeClock } from '../../test/support/clock.ts';
import { FakeTopic } from '../../test/support/fake-topic.ts';
import { CarpoolError } from '../base/errors.ts';
import { version } from '../base/version.ts';
import { FreshModules } from '../config/fresh-modules.ts';
import { server } from '../config/define-server.ts';
import type { LoadedConfig } from '../config/load.ts';
import type { PoolOptions } from '../pool/options.ts';
import type { PoolStats } from '../pool/types.ts';
import { readAnnouncement } from '../reach/offer.ts';
import type { Reach } from '../reach/types.ts';
import { Offering } from './offering.ts';

/** A project of this test, whose config is what the test says that it is. */
class Project {
  readonly root = mkdtempSync(join(tmpdir(), 'offering-'));
  readonly clock = new FakeClock();
  readonly topic = new FakeTopic();
  readonly lines: string[] = [];
  readonly reach: Reach = { name: 'a fake', open: () => expect.unreachable(), topic: this.topic.open };
  config: () => Partial<LoadedConfig> = () => ({});
  /** Files that it has loaded. */
  imports: readonly string[] = [];
  loads = 0;
  /** Of each of its pools. */
  stats: PoolStats | undefined;
  /** Takes the address back. */
  revoke: (() => void) | undefined;
  invites = 0;
  #edits = 0;
  readonly offering: Offering;

  constructor() {
    onTestFinished(() => rmSync(this.root, { recursive: true, force: true }));
    this.offering = new Offering({
      project: { root: this.root },
      place: { env: { PATH: process.env['PATH'] ?? '' }, cwd: this.root, configTimeout: 5_000 },
      clock: this.clock,
      stats: () => this.stats,
      print: (line) => void this.lines.push(line),
      addresses: (revoked) => {
        this.revoke = revoked;
        return [`address ${++this.invites}`];
      },
      projects: {
        load: async (_project, _place, events) => {
          this.loads++;
          const modules = new FreshModules();
          events?.begins?.(modules);
          for (const file of this.imports)
            modules.resolved(
              { url: pathToFileURL(file).href },
              { conditions: [], importAttributes: {}, parentURL: undefined },
              true,
            );
          const found = this.config();
          return { pools: {}, sharedWorkers: {}, locks: {}, folder: this.root, file: this.file, modules, ...found };
        },
      },
    });
    onTestFinished(() => this.offering.close());
  }

  get file(): string {
    return join(this.root, 'carpool.config.mjs');
  }

  /** What the config holds is another one from now on, and its file, too. */
  edit(config: () => Partial<LoadedConfig>): void {
    this.config = config;
    writeFileSync(this.file, String(config));
    utimesSync(this.file, ++this.#edits, this.#edits);
  }

  /** Offers these. */
  pools(pools: Readonly<Record<string, PoolOptions>>): void {
    this.edit(() => ({ reach: this.reach, pools }));
  }

  /** What it has said last, after the time of another look. */
  get line(): string | undefined {
    this.clock.pass(2_000);
    return this.lines.at(-1);
  }

  /** The names of the pools that other hosts hear of now; `undefined`: none of this host. */
  get heard(): string[] | undefined {
    const said = readAnnouncement(this.topic.last, version);
    return said?.says === 'offers' ? Object.keys(said.offer.pools) : undefined;
  }
}

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
