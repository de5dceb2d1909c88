/** A pool in this process that is answered from a transcript. */
import { fileURLToPath } from 'node:url';
import { callSite, CarpoolError, errorAt, isCarpoolError } from '../base/errors.ts';
import { poolSettings, type PoolOptions } from '../pool/options.ts';
import { replayedSettings } from '../pool/replayed-settings.ts';
import type { Pool } from '../pool/types.ts';
import type { AnyMessages, Messages } from '../protocol/protocol.ts';
import { latestRuns } from '../recordings/latest-runs.ts';
import { recordedTranscript, type RecordedTranscript } from '../recordings/recorded-transcript.ts';
import { serverNotReplayed } from '../replay/errors.ts';
import { relativeFile } from '../replay/recorded-session.ts';
import { ReplayBook } from '../replay/replay-book.ts';

/** Which sessions of the transcript the pool answers from. */
export interface ReplayChoice {
  /** The name of the pool in the transcript. Default: the only one that is there. */
  readonly pool?: string | undefined;
  /** The full name of a test: its sessions alone. Default: those of all tests. */
  readonly test?: string | undefined;
  /** The file of the test, as the transcript has it, or relative to the folder of its project. Default: any. */
  readonly file?: string | undefined;
}

/** As for `createPool`. `command` is not started, and may be left out. */
export type ReplayOptions<M extends Messages = AnyMessages> = Partial<PoolOptions<M>> & ReplayChoice;

/**
 * A pool that starts no process: its sessions are answered from a transcript, in the order in which they were opened then; those of
 * one test that were open at once also where they open in another order.
 * What was recorded comes in its order, each part after what had been sent before it; a message that was not recorded is
 * refused with NOT_RECORDED, which shows the nearest one that was.
 * @param transcript the file: a path, relative to the current directory, or a URL
 * @param options `codec` and `protocol` are those with which it was recorded. Default: as of `createPool`
 * @throws CarpoolError NOT_RECORDED if it is no transcript, or has no such sessions; CONFIG_INVALID as `createPool`
 * @example
 * await using pool = await replay('runs/cart.transcript.jsonl', { ...config.pools.shop, test: 'adds an item' });
 * await using session = await pool.register();
 */
export async function replay<M extends Messages = AnyMessages>(
  transcript: string | URL,
  options: ReplayOptions<M> = {},
): Promise<Pool<M>> {
  const site = callSite(replay);
  try {
    const { pool: wanted, test, file: of, ...rest } = options;
    const path = transcript instanceof URL ? fileURLToPath(transcript) : transcript;
    const file = await recordedTranscript(path);
    const name = wanted ?? onlyPool(file);
    if (rest.server !== undefined) throw serverNotReplayed(name, path);
    const settings = replayedSettings(poolSettings<M>(name, { command: 'replay', ...rest }));
    const relative = (other: string): string => relativeFile(other, file.header.folder);
    const recordings = latestRuns([file]).filter(
      ({ head }) =>
        head.pool === name &&
        (test === undefined || head.test === test) &&
        (of === undefined || head.file === relative(of)),
    );
    if (recordings.length === 0) throw noSessions(file, { pool: name, test, file: of });
    const book = new ReplayBook({ pool: name, place: path, recordings, relative, isOfAny: true });
    // As `createPool` does it: what imports this entry need not have a pool.
    const { ChildPool } = await import('../pool/pool.ts');
    return new ChildPool<M>(settings, { replay: book });
  } catch (thrown) {
    throw isCarpoolError(thrown) ? errorAt(thrown, site) : thrown;
  }
}

function onlyPool({ path, recordings }: RecordedTranscript): string {
  const names = namesIn(recordings.map(({ head }) => head.pool));
  const [name, ...others] = names;
  if (name !== undefined && others.length === 0) return name;
  const why = name === undefined ? 'it has no session' : `it has several pools; give one as \`pool\`: ${listed(names)}`;
  throw new CarpoolError('NOT_RECORDED', `Cannot replay ${path}: ${why}`, { context: { place: path, pools: names } });
}

function noSessions({ path, recordings }: RecordedTranscript, { pool, test, file }: ReplayChoice): CarpoolError {
  const wanted = [
    `pool ${JSON.stringify(pool)}`,
    ...(test === undefined ? [] : [`test ${JSON.stringify(test)}`]),
    ...(file === undefined ? [] : [`file ${JSON.stringify(file)}`]),
  ].join(', ');
  const pools = namesIn(recordings.map(({ head }) => head.pool));
  const tests = namesIn(recordings.flatMap(({ head }) => (head.pool === pool ? (head.test ?? []) : [])));
  const there = pool !== undefined && pools.includes(pool) ? `tests ${listed(tests)}` : `pools ${listed(pools)}`;
  const message = `Cannot replay ${path}: it has no session of ${wanted}; it has the ${there}`;
  return new CarpoolError('NOT_RECORDED', message, { context: { place: path, pool, test, file } });
}

function namesIn(all: readonly string[]): string[] {
  return [...new Set(all)];
}

/** Names that an error lists. */
const most = 10;

function listed(names: readonly string[]): string {
  const shown = names.slice(0, most).map((name) => JSON.stringify(name));
  return [...shown, ...(names.length > most ? [`and ${names.length - most} more`] : [])].join(', ');
}
