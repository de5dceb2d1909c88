/** `carpool replay`: plays the side of the tests of a transcript against the real processes. Does it still happen? */
import { resolve } from 'node:path';
import { isCarpoolError, CarpoolError } from '../base/errors.ts';
import { forgetRedaction, redactFor } from '../base/redact.ts';
import { fileFault } from '../base/thrown.ts';
import { unknownPool } from '../client/unknown-name.ts';
import { loadConfig, type LoadedConfig } from '../config/load.ts';
import { poolSettings } from '../pool/options.ts';
import { ChildPool } from '../pool/pool.ts';
import { statOf } from '../process/files.ts';
import { recordedTranscript, type RecordedTranscript } from '../recordings/recorded-transcript.ts';
import { transcriptsOf } from '../recordings/transcripts-of.ts';
import { serverNotReplayed } from '../replay/errors.ts';
import { Interruption } from './measure/interruption.ts';
import { ignoredPaths } from './replay/ignored.ts';
import { inOrder } from './replay/in-order.ts';
import { PlayedSession } from './replay/played-session.ts';
import { playedText, type Played } from './replay/text.ts';
import type { RecordedSession, Recording } from '../replay/recorded-session.ts';

export interface ReplayCommandOptions {
  /** Only sessions of this pool. */
  readonly pool?: string | undefined;
  /** Only sessions of tests whose name has this in it. */
  readonly test?: string | undefined;
  /** Paths that are not compared. */
  readonly ignore?: readonly string[] | undefined;
  /** Milliseconds for each thing that comes. */
  readonly timeout: number;
  readonly config?: string | undefined;
  readonly json?: boolean | undefined;
}

/**
 * Prints each difference. Resolves with 0 if there is none, with 1 if there are some, with 2 if it cannot be played, and
 * after a signal with 128 and its number.
 */
export async function replay(file: string, options: ReplayCommandOptions): Promise<number> {
  using interruption = new Interruption();
  try {
    const played = await play(await transcriptAt(resolve(file)), options, interruption.signal);
    console.log(options.json === true ? JSON.stringify(played, undefined, 2) : playedText(played).join('\n'));
    return played.same ? 0 : 1;
  } catch (thrown) {
    if (interruption.code !== undefined) return interruption.code;
    if (!isCarpoolError(thrown)) throw thrown;
    console.error(`carpool: ${thrown.message} [${thrown.code}]`);
    return 2;
  }
}

/** The last one, of a folder. @throws CarpoolError NOT_RECORDED */
async function transcriptAt(path: string): Promise<string> {
  if (statOf(path)?.isDirectory() !== true) return path;
  try {
    const [last] = await transcriptsOf(path);
    if (last !== undefined) return last;
  } catch (thrown) {
    throw new CarpoolError('NOT_RECORDED', `Cannot replay ${path}: ${fileFault(thrown, path)}`, { cause: thrown });
  }
  throw new CarpoolError(
    'NOT_RECORDED',
    `Cannot replay ${path}: there is no transcript in it. CARPOOL_TRANSCRIPT=${path} in the environment of a run keeps one there`,
  );
}

async function play(path: string, options: ReplayCommandOptions, signal: AbortSignal): Promise<Played> {
  const transcript = await recordedTranscript(path);
  const recordings = chosen(transcript, options);
  const config = await loadConfig({ root: process.cwd(), configFile: options.config });
  redactFor(config, config.redact);
  const pools = poolsOf(config, recordings, path);
  try {
    return { ...(await playAll(recordings, pools, options, signal)), file: path, isCut: transcript.isCut };
  } finally {
    await Promise.all([...pools.values()].map((pool) => pool.close()));
    forgetRedaction(config);
  }
}

async function playAll(
  recordings: readonly Recording[],
  pools: ReadonlyMap<string, ChildPool>,
  { timeout, ignore = [] }: ReplayCommandOptions,
  signal: AbortSignal,
): Promise<Omit<Played, 'file' | 'isCut'>> {
  const ignored = ignoredPaths(ignore);
  const sessions = new Map<RecordedSession, PlayedSession>();
  const counts = { sessions: 0, answers: 0, asBefore: 0 };
  const findings: Played['findings'][number][] = [];
  const happened: Played['happened'][number][] = [];
  for await (const step of inOrder(recordings)) {
    signal.throwIfAborted();
    const { session: recorded } = step;
    if (step.what === 'open') {
      const session = new PlayedSession(recorded, pools.get(recorded.pool) as ChildPool, { timeout, ignored, signal });
      sessions.set(recorded, session);
      await session.open();
      continue;
    }
    const session = sessions.get(recorded) as PlayedSession;
    if (step.what === 'event') {
      await session.play(step.event);
      continue;
    }
    sessions.delete(recorded);
    await session.end();
    counts.sessions++;
    counts.answers += session.compared;
    counts.asBefore += session.same;
    findings.push(...session.findings);
    const { pool, test, file, id, s } = recorded;
    if (session.happened !== undefined) happened.push({ pool, test, file, session: id ?? s, what: session.happened });
  }
  return { version: 1, same: findings.length === 0, ...counts, findings, happened };
}

/** @throws CarpoolError NOT_RECORDED */
function chosen({ path, recordings }: RecordedTranscript, { pool, test }: ReplayCommandOptions): Recording[] {
  const all = recordings.filter(
    ({ head }) =>
      (pool === undefined || head.pool === pool) && (test === undefined || head.test?.includes(test) === true),
  );
  if (all.length > 0) return all;
  const wanted = [
    pool === undefined ? '' : ` of pool ${JSON.stringify(pool)}`,
    test === undefined ? '' : ` of a test with ${JSON.stringify(test)} in its name`,
  ];
  const names = [...new Set(recordings.map(({ head }) => JSON.stringify(head.pool)))];
  const there = names.length === 0 ? '' : `; it has ${recordings.length}, of ${names.join(', ')}`;
  throw new CarpoolError('NOT_RECORDED', `Cannot replay ${path}: it has no session${wanted.join('')}${there}`);
}

/** @throws CarpoolError CONFIG_INVALID if one is not there; NOT_RECORDED if it is a server */
function poolsOf(
  { pools, sharedWorkers, folder }: LoadedConfig,
  recordings: readonly Recording[],
  path: string,
): Map<string, ChildPool> {
  const names = [...new Set(recordings.map(({ head }) => head.pool))];
  const found = new Map<string, ChildPool>();
  for (const name of names) {
    const options = Object.hasOwn(pools, name) ? pools[name] : undefined;
    if (options === undefined)
      throw unknownPool(name, { pools: Object.keys(pools), sharedWorkers: Object.keys(sharedWorkers) });
    if (options.server !== undefined) throw serverNotReplayed(name, path);
    // One that is opened ahead would be one more than then.
    const settings = { ...poolSettings(name, { ...options, cwd: resolve(folder, options.cwd ?? '.') }), warm: 0 };
    found.set(name, new ChildPool(settings));
  }
  return found;
}
