/** A host that offers the pools of a config which the test writes, to others that the test hears for. */
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished } from 'vitest';
import { version } from '../../src/base/version.ts';
import { FreshModules } from '../../src/config/fresh-modules.ts';
import type { LoadedConfig } from '../../src/config/load.ts';
import { Offering } from '../../src/machine/offering.ts';
import type { PoolOptions } from '../../src/pool/options.ts';
import type { PoolStats } from '../../src/pool/types.ts';
import { readAnnouncement } from '../../src/reach/offer.ts';
import type { Reach } from '../../src/reach/types.ts';
import { FakeClock } from './clock.ts';
import { FakeTopic } from './fake-topic.ts';

/** A project of this test, whose config is what the test says that it is. */
export class OfferingProject {
  readonly root: string = mkdtempSync(join(tmpdir(), 'offering-'));
  readonly clock: FakeClock = new FakeClock();
  readonly topic: FakeTopic = new FakeTopic();
  readonly lines: string[] = [];
  readonly reach: Reach = { name: 'a fake', open: () => expect.unreachable(), topic: this.topic.open };
  config: () => Partial<LoadedConfig> = () => ({});
  /** Files that it has loaded. */
  imports: readonly string[] = [];
  loads = 0;
  /** Of each of its pools. */
  stats: PoolStats | undefined;
  /** How many it has. */
  addresses = 1;
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
        this.invites++;
        return Array.from({ length: this.addresses }, (_, at) => `address ${at + 1}`);
      },
      projects: {
        load: async (_project, _place, events) => {
          this.loads++;
          const modules = new FreshModules();
          events?.begins?.(modules);
          for (const file of this.imports)
            modules.resolved(
              { url: pathToFileURL(file).href },
              { conditions: [], importAttributes: {}, parentURL: undefined, specifier: '' },
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
