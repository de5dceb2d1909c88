/** What sends the sessions of a run on the host of a machine to other hosts. */
import type { Placing } from '../host/placing/placing.ts';
import type { Runner } from '../host/hub/peer-run.ts';
import type { PoolMade } from '../reach/offer.ts';
import type { Reach } from '../reach/types.ts';
import type { OpenRunRequest } from '../wire/machine-messages.ts';

export interface PlacedRun {
  readonly request: OpenRunRequest;
  readonly runner: Runner;
  /** What its pools are made from, for other machines. */
  readonly made: ReadonlyMap<string, PoolMade>;
  /** The offer of this host, if it makes one. */
  readonly self: string | undefined;
}

/** Undefined: its config has no way to hear of others. */
export async function placingOf(
  reach: Reach | undefined,
  { request, runner, made, self }: PlacedRun,
): Promise<Placing | undefined> {
  if (reach?.topic === undefined) return undefined;
  const { placingFor } = await import('../host/placing/start.ts');
  const print = (text: string): void => runner.print(text);
  return placingFor(
    {
      topic: reach.topic.bind(reach),
      self,
      runInfo: async () => ({ run: request.run }),
      runner: request.run.runner,
      warn: (message) => print(`carpool: ${message}\n`),
      printed: print,
    },
    { made: async () => made },
  );
}
