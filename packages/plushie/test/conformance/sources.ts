/** Where a test's sessions come from: a pool in this process, or a host, as two workers. */
import { fileURLToPath } from 'node:url';
import { startHost } from 'carpool/adapter/main-process';
import { connectClient, type Client } from 'carpool/adapter/test-process';
import type { PoolStats, RegisterOptions } from 'carpool';
import { onTestFinished, vi } from 'vitest';
import type { PlushieMessages, PlushieOptions } from '../../src/index.ts';
import { closing, place } from '../support/place.ts';
import { plushieVariable } from './fixtures/variable.ts';
import { pool, subjectOptions, type PlushieSession, type Subject } from './subject.ts';

export interface Source {
  register(options?: RegisterOptions): Promise<PlushieSession>;
  stats(): Promise<PoolStats>;
}

export interface SourceKind {
  readonly name: string;
  /** Two, on one renderer. */
  start(subject: Subject, options?: PlushieOptions): Promise<readonly [Source, Source]>;
}

export const sources: readonly SourceKind[] = [
  {
    name: 'in process',
    start: (subject, options) => {
      const renderers = pool(subject, options);
      const source: Source = {
        register: (wanted) => renderers.register(wanted),
        stats: () => Promise.resolve(renderers.stats()),
      };
      return Promise.resolve([source, source]);
    },
  },
  {
    name: 'through a host',
    start: async (subject, options) => {
      const [one, other] = await connect(subject, options);
      return [through(one), through(other)];
    },
  },
];

/** Two workers of one host. */
export async function connect(subject: Subject, options?: PlushieOptions): Promise<readonly [Client, Client]> {
  vi.stubEnv('TMPDIR', place().path);
  vi.stubEnv(plushieVariable, JSON.stringify(subjectOptions(subject, options)));
  onTestFinished(() => void vi.unstubAllEnvs());
  const fixtures = fileURLToPath(new URL('./fixtures', import.meta.url));
  const host = await startHost({ root: fixtures, configFile: 'plushie.config.ts' });
  closing({ close: () => host.stop() });
  const worker = async (runner: string): Promise<Client> =>
    closing(await connectClient({ address: host.address, runner }));
  return [await worker('one'), await worker('two')];
}

function through(client: Client): Source {
  return {
    register: (options) => client.register<PlushieMessages>('renderer', options),
    stats: async () => {
      const [stats] = await client.stats();
      if (stats === undefined) throw new Error('the host has no pool');
      return stats;
    },
  };
}
