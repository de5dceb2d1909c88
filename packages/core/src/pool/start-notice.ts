/** Says what a start waits for, where it takes long. */
import type { PoolSettings } from './options.ts';
import type { Notices } from './wait-notices.ts';

export interface Starting {
  readonly settings: Pick<PoolSettings, 'helloTimeout' | 'name' | 'server'>;
  readonly notices?: Notices | undefined;
}

export function noticeStart(starting: Promise<unknown>, { settings, notices }: Starting): void {
  const { name, helloTimeout, server } = settings;
  const [subject, until] = server === undefined ? ['child', 'to say hello'] : ['server', 'until it is ready'];
  const describe = (seconds: number): string =>
    `its ${subject} has been starting for ${seconds} s, of ${Math.round(helloTimeout / 1_000)} s that it may take ${until}`;
  const ended = notices?.begin(name, 'start', describe);
  if (ended !== undefined) starting.then(ended, ended);
}
