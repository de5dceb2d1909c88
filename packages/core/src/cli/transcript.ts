/** `carpool transcript`: what the sessions of a run have said, or those of one test, as a file to attach to a report. */
import { once } from 'node:events';
import { createWriteStream, realpathSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { nameOf } from '../base/holder-label.ts';
import { printable } from '../base/printable.ts';
import { fileFault, messageOf } from '../base/thrown.ts';
import type { TranscriptEnd, TranscriptHeader } from '../base/transcript.ts';
import { statOf } from '../process/files.ts';
import { TranscriptReader, type TranscriptExtent, type TranscriptText } from '../recordings/transcript-reader.ts';
import { transcriptsOf } from '../recordings/transcripts-of.ts';
import { isTimeline, laterTranscripts, mostTranscripts, transcriptFiles } from '../process/run-files.ts';
import { transcriptWanted } from '../process/transcript-wish.ts';
import { keptRuns, keptTranscripts, namedTranscript, transcriptOf } from '../process/kept-runs.ts';
import { PrivateFile } from './private-file.ts';
import { chosenOf, SessionList, testsOf, type ListedSession, type Wanted } from './transcript/sessions.ts';
import { eventText, headerText } from './transcript/text.ts';

export interface TranscriptOptions extends Wanted {
  /** A transcript, the timeline of its run, or a folder, whose last transcript is meant. Default: that of the last run that has one. */
  readonly run?: string | undefined;
  /** Default: stdout. */
  readonly output?: string | undefined;
  readonly text?: boolean | undefined;
  readonly list?: boolean | undefined;
}

const howTo = 'CARPOOL_TRANSCRIPT=1 in the environment, or `transcript: true` in the config, keeps one';

/** @returns the exit code: 1 if there is nothing to show, after a sentence on stderr */
export async function transcript(options: TranscriptOptions): Promise<number> {
  try {
    if (options.list === true) return await list(options.run);
    const file = await fileOf(options.run);
    return 'missing' in file ? failed(file.missing) : await shown(file.path, options);
  } catch (thrown) {
    return failed(messageOf(thrown)); // such as a folder that may not be read
  }
}

async function list(run: string | undefined): Promise<number> {
  if (run === undefined || isFolder(run)) {
    for (const file of run === undefined ? kept() : await transcriptsOf(resolve(run))) console.log(file);
    return 0;
  }
  const file = await fileOf(run);
  if ('missing' in file) return failed(file.missing);
  if (statOf(file.path) === undefined) return failed(`there is no file ${file.path}`);
  console.log(file.path);
  return 0;
}

async function shown(path: string, options: TranscriptOptions): Promise<number> {
  try {
    await show(new TranscriptReader(path), options);
    return 0;
  } catch (thrown) {
    return failed(`${path}: ${fileFault(thrown, path)}`);
  }
}

async function show(reader: TranscriptReader, options: TranscriptOptions): Promise<void> {
  const header = await reader.header();
  const list = new SessionList();
  const extent = await each(reader, ({ event }) => list.add(event));
  const chosen = chosenOf(list.all, options);
  const isAll = chosen.length === list.all.length;
  const names = new Set(chosen.map(({ s }) => s));
  const wants = ({ event }: TranscriptText): boolean => event.e === 'end' || names.has(event.s);
  const dropped = isAll ? list.dropped : chosen.reduce((sum, one) => sum + one.dropped, 0);
  const lines = options.text === true ? textOf : jsonOf;
  await writing(reader, options.output, async (write) => {
    const { first, line } = lines(isAll ? header : { ...header, cutFrom: basename(reader.file) }, dropped);
    await write(`${first}\n`);
    for await (const batch of reader.events()) {
      const texts = batch.filter(wants).flatMap((one) => line(one) ?? []);
      if (texts.length > 0) await write(`${texts.join('\n')}\n`);
    }
  });
  const say = options.output === undefined ? console.error : console.log;
  for (const sentence of said(chosen, { extent, dropped, to: options.output })) say(`carpool: ${sentence}`);
}

interface Form {
  readonly first: string;
  readonly line: (line: TranscriptText) => string | undefined;
}

/** @param dropped messages of these sessions that are not there */
function jsonOf(header: TranscriptHeader, dropped: number): Form {
  return {
    first: JSON.stringify(header),
    line: ({ text, event }) =>
      event.e === 'end' ? JSON.stringify({ ...event, dropped } satisfies TranscriptEnd) : text,
  };
}

function textOf(header: TranscriptHeader): Form {
  return { first: headerText(header), line: ({ event }) => eventText(event) };
}

/** What was shown, and what is missing in it. */
function said(
  chosen: readonly ListedSession[],
  {
    extent,
    dropped,
    to,
  }: { readonly extent: TranscriptExtent; readonly dropped: number; readonly to?: string | undefined },
): string[] {
  const messages = chosen.reduce((sum, one) => sum + one.messages, 0);
  const tests = testsOf(chosen.filter(({ test }) => test !== undefined));
  const [only] = tests;
  const whose =
    only === undefined ? '' : ` of ${tests.length === 1 ? printable(nameOf(only, 'a test')) : `${tests.length} tests`}`;
  const written = to === undefined ? '' : `, written to ${to}`;
  const notes: string[] = [];
  if (dropped > 0)
    notes.push(
      `${count(dropped, 'message')} of them ${dropped === 1 ? 'is' : 'are'} not in it: it was full, or the disk too slow`,
    );
  if (extent.isCut) notes.push(`line ${extent.lines} of it was not written to its end, and is left out`);
  if (!extent.isEnded)
    notes.push(
      'it has no last line: its run goes on, or was killed, or the file was cut, so that messages may be missing',
    );
  return [`${count(chosen.length, 'session')} with ${count(messages, 'message')}${whose}${written}`, ...notes];
}

async function each(reader: TranscriptReader, take: (line: TranscriptText) => void): Promise<TranscriptExtent> {
  const events = reader.events();
  for (;;) {
    const next = await events.next();
    if (next.done === true) return next.value;
    for (const line of next.value) take(line);
  }
}

type Write = (text: string) => Promise<void>;

/** To the file, which only this user may read, or to stdout, no faster than that takes it. A reader of stdout that has read enough ends it. */
async function writing(
  reader: TranscriptReader,
  output: string | undefined,
  work: (write: Write) => Promise<void>,
): Promise<void> {
  if (output === undefined) {
    const { stdout } = process;
    const broken = once(stdout, 'error').then(([error]) => Promise.reject(error as NodeJS.ErrnoException));
    try {
      await Promise.race([work(writerTo(stdout)), broken]);
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'EPIPE') throw thrown;
    }
    return;
  }
  if (statOf(output) !== undefined && realpathSync(output) === realpathSync(reader.file))
    throw new Error('--output is the file itself');
  const told = <Result>(write: () => Result): Result => {
    try {
      return write();
    } catch (thrown) {
      throw unwritten(output, thrown);
    }
  };
  const file = told(() => new PrivateFile(output));
  try {
    const stream = createWriteStream(output, { fd: file.descriptor });
    const over = finished(stream).catch((thrown: unknown) => Promise.reject(unwritten(output, thrown)));
    const worked = work(writerTo(stream))
      // What is wrong with the stream is told once.
      .catch((thrown: unknown) => (stream.errored === null ? Promise.reject(thrown as Error) : undefined))
      .finally(() => stream.end());
    await Promise.all([worked, over]);
    told(() => file.commit());
  } catch (thrown) {
    file.discard();
    throw thrown;
  }
}

function unwritten(output: string, thrown: unknown): Error {
  return new Error(`${output} cannot be written: ${messageOf(thrown)}`);
}

function writerTo(stream: Writable): Write {
  return async (text) => {
    if (!stream.write(text)) await once(stream, 'drain');
  };
}

function isFolder(path: string): boolean {
  return statOf(path)?.isDirectory() === true;
}

/** The transcripts of this project, the last one first. */
function kept(): string[] {
  const wanted = transcriptWanted(process.env);
  return typeof wanted === 'string' ? transcriptFiles(resolve(wanted)) : keptTranscripts(process.cwd());
}

async function fileOf(run: string | undefined): Promise<{ readonly path: string } | { readonly missing: string }> {
  if (run !== undefined) {
    const path = resolve(run);
    if (isFolder(path)) {
      const [last] = await transcriptsOf(path);
      return last === undefined ? { missing: `there is no transcript in ${path}: ${howTo}` } : { path: last };
    }
    if (!isTimeline(path)) return { path };
    const found = transcriptOf(path);
    return found === undefined
      ? { missing: `there is no transcript of the run ${path}: ${whyNone(path)}` }
      : { path: found };
  }
  const [last] = kept();
  if (last !== undefined) return { path: last };
  const runs = keptRuns(process.cwd());
  return {
    missing:
      runs.length === 0
        ? `no run of ${process.cwd()} is kept, and no transcript: ${howTo}`
        : `none of the last ${count(runs.length, 'run')} of ${process.cwd()} has a transcript: ${howTo}`,
  };
}

/** @param run the timeline of a run that has none */
function whyNone(run: string): string {
  const named = namedTranscript(run);
  if (named !== undefined) return `its timeline names ${printable(named)}, which is not there`;
  return laterTranscripts(run) < mostTranscripts
    ? howTo
    : `the last ${mostTranscripts} transcripts of a project are kept, and those that are there are of later runs`;
}

function count(number: number, one: string): string {
  return `${number} ${one}${number === 1 ? '' : 's'}`;
}

function failed(message: string): number {
  console.error(`carpool: ${message}`);
  return 1;
}
