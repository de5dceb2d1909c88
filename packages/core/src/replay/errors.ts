/** What is told of what was not recorded: what it was, what comes nearest to it, and how to record again. */
import { CarpoolError, type Evidence } from '../base/errors.ts';
import { nameOf, type HolderLabel } from '../base/holder-label.ts';
import { messageOf } from '../base/thrown.ts';
import { nearest, nearestValue } from './nearest.ts';
import type { Recorded } from '../base/transcript-value.ts';
import type { RecordedOut, RecordedSession } from './recorded-session.ts';
import type { Blocked, ReplaySession, Sent } from './replay-session.ts';
import { differenceLines, shown } from './show.ts';

/** Where a recording comes from. */
export interface RecordingSource {
  readonly pool: string;
  /** The file or folder, as it was named. */
  readonly place: string;
}

export interface OfSession extends RecordingSource {
  readonly id: string;
  readonly recorded: Pick<RecordedSession, 'test' | 'file' | 'dropped' | 'isCut'>;
}

const again = 'To record again, run it with CARPOOL_TRANSCRIPT=DIR where the program is installed';

const nouns = { send: 'a message', request: 'a request', answer: 'an answer' } as const;
const ways = { send: '`send`', request: '`request`', answer: 'an answer' } as const;

/** A message of the test that its recording does not have. */
export function notRecorded(of: OfSession, session: ReplaySession, sent: Sent): CarpoolError {
  const { pool, id } = of;
  const what = nouns[sent.kind];
  const lines = [
    `Cannot replay ${what} of session ${id} of ${whose(of.recorded)} to pool "${pool}": it was not recorded: ${shown(sent.m, 160)}`,
    ...nearestLines(session, sent),
    ...incomplete(of),
    `recorded in ${of.place}. ${again}`,
  ];
  return replayError(lines, { pool, session: id, test: of.recorded.test, file: of.recorded.file, place: of.place });
}

function nearestLines(session: ReplaySession, sent: Sent): string[] {
  const unsent = session.unsent();
  const all = session.outs();
  const found = nearest(sent, unsent) ?? nearest(sent, all.toReversed());
  if (found === undefined) return ['nothing was sent in this session when it was recorded'];
  const { out, compared, isOtherKind } = found;
  const number = `${all.indexOf(out) + 1} of the ${all.length} that were recorded`;
  const state = unsent.includes(out) ? '' : ', all of which have been sent already';
  if (isOtherKind && compared.differences.length === 0)
    return [`message ${number} is equal, but was sent by ${ways[out.kind]}, and not by ${ways[sent.kind]}`];
  return [
    `the nearest is message ${number}${state}: ${shown(out.m, 160)}`,
    ...differenceLines(compared).map((line) => `  ${line}`),
  ];
}

/** A request whose reply was recorded behind something that the test does not send. */
export function blockedError(of: OfSession, blocked: Blocked, patience: number): CarpoolError {
  const { pool, id } = of;
  const lines = [
    `Cannot replay the reply to a request of session ${id} of ${whose(of.recorded)} to pool "${pool}": ${blockedSentence(blocked)}, and ${Math.round(patience)} ms later it has not`,
    ...incomplete(of),
    `recorded in ${of.place}. ${again}`,
  ];
  return replayError(lines, { pool, session: id, test: of.recorded.test, file: of.recorded.file, place: of.place });
}

/** A request whose reply the recording does not have. */
export function unansweredError(of: OfSession): CarpoolError {
  const { pool, id } = of;
  const lines = [
    `Cannot replay the reply to a request of session ${id} of ${whose(of.recorded)} to pool "${pool}": the request was recorded, and its reply was not`,
    ...incomplete(of),
    `recorded in ${of.place}. ${again}`,
  ];
  return replayError(lines, { pool, session: id, test: of.recorded.test, file: of.recorded.file, place: of.place });
}

/** Half a sentence. */
export function blockedSentence({ waitsFor }: Blocked): string {
  return `what was recorded next comes after the test has sent ${shown(waitsFor.m, 160)}`;
}

/** A recording that cannot be made into messages of the pool. */
export function notReplayed(of: OfSession, thrown: unknown): CarpoolError {
  const { pool, id } = of;
  const lines = [
    `Cannot replay session ${id} of ${whose(of.recorded)} of pool "${pool}": its recording cannot be used: ${messageOf(thrown)}`,
    `recorded in ${of.place}. ${again}`,
  ];
  const context = { pool, session: id, test: of.recorded.test, file: of.recorded.file, place: of.place };
  return new CarpoolError('NOT_RECORDED', lines.join('\n  '), { context, cause: thrown });
}

/** The recording is not whole. */
export function isIncomplete({ recorded: { dropped, isCut } }: OfSession): boolean {
  return dropped > 0 || isCut;
}

/** A recorded message that the transcript does not have as a whole. */
export function notWhole(
  of: OfSession,
  { path, what }: { readonly path: string; readonly what: string },
): CarpoolError {
  const { pool, id } = of;
  const lines = [
    `Cannot replay a message of pool "${pool}" to session ${id} of ${whose(of.recorded)}: its recording does not have ${path}, which was ${what}`,
    `recorded in ${of.place}. ${again}`,
  ];
  return replayError(lines, { pool, session: id, test: of.recorded.test, file: of.recorded.file, place: of.place });
}

export interface Missing extends RecordingSource {
  readonly holder: HolderLabel;
  /** Sessions of this test in this pool that were recorded. */
  readonly recorded: number;
  /** The tests of the same file that have some. */
  readonly tests: readonly string[];
  /** What was recorded with other `params`, and those of now. */
  readonly params?:
    | { readonly recorded: readonly (Recorded | undefined)[]; readonly now: Recorded | undefined }
    | undefined;
}

/** Tests that an error names. */
const mostTests = 5;

/** A session that its recording does not have. */
export function sessionNotRecorded({ pool, place, holder, recorded, tests, params }: Missing): CarpoolError {
  const of = whose(holder);
  const begin = `Cannot replay a session of pool "${pool}" for ${of}`;
  const lines =
    params !== undefined
      ? [`${begin}: it was recorded with other \`params\``, ...paramsLines(params)]
      : recorded > 0
        ? [`${begin}: it is one more than the ${recorded === 1 ? 'one that was' : `${recorded} that were`} recorded`]
        : [`${begin}: this test was not recorded`, ...testLines(tests)];
  return replayError([...lines, `recorded in ${place}. ${again}`], {
    pool,
    test: holder.test,
    file: holder.file,
    place,
  });
}

/** Its sessions are no messages. */
export function serverNotReplayed(pool: string, place: string): CarpoolError {
  const message = `Cannot replay pool "${pool}" from ${place}: it is a server, to which tests connect by themselves, so that there are no messages of it that could be recorded. Run its tests where it is installed, without CARPOOL_REPLAY`;
  return new CarpoolError('NOT_RECORDED', message, { scope: 'pool', blame: 'setup', context: { pool, place } });
}

function paramsLines({ recorded, now }: NonNullable<Missing['params']>): string[] {
  const compared = nearestValue(
    now ?? null,
    recorded.map((value) => value ?? null),
  );
  return compared === undefined
    ? []
    : differenceLines(compared).map((line) => `  params${line.startsWith('.') ? '' : ' '}${line}`);
}

function testLines(tests: readonly string[]): string[] {
  if (tests.length === 0) return [];
  const named = tests.slice(0, mostTests).map((test) => JSON.stringify(test));
  if (tests.length > mostTests) named.push(`${tests.length - mostTests} more`);
  return [`of its file these were: ${named.join(', ')}`];
}

function incomplete({ recorded: { dropped, isCut } }: OfSession): string[] {
  if (dropped > 0)
    return [`its recording is not whole: ${dropped} of its messages are missing, because the file was full`];
  return isCut ? ['its recording is not whole: the run was ended before the session was'] : [];
}

function whose(holder: HolderLabel): string {
  return nameOf(holder, holder.file === undefined ? 'no test' : 'a file');
}

function replayError(
  lines: readonly string[],
  context: Readonly<Record<string, unknown>>,
  evidence?: Evidence,
): CarpoolError {
  return new CarpoolError('NOT_RECORDED', lines.join('\n  '), { context, evidence });
}

/** What the test has not sent, for a note. */
export function unsentLine(of: Pick<OfSession, 'recorded'>, unsent: readonly RecordedOut[]): string {
  const [first] = unsent;
  const more = unsent.length === 1 ? '' : `, and ${unsent.length - 1} more`;
  return `${whose(of.recorded)} has not sent ${shown(first?.m)}${more}`;
}
