/** `carpool report`: what runs of a project have waited for, and what sharing has saved. */
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileFault, messageOf } from '../base/thrown.ts';
import { version } from '../base/version.ts';
import { runsFolder, timelineFileOf } from '../process/run-files.ts';
import { analyse } from '../report/analyse.ts';
import type { RecordedRun } from '../report/recorded-run.ts';
import { keptRuns } from '../process/kept-runs.ts';
import { writePrivately } from './private-file.ts';
import { chromeTrace } from './report/chrome-trace.ts';
import { htmlPage, pageTemplate } from './report/html.ts';
import { openInBrowser } from './report/open.ts';
import { messagesOf } from './report/read-messages.ts';
import { givenTranscript, readRun } from './report/read.ts';
import { runText } from './report/text.ts';

export interface ReportOptions {
  readonly json?: boolean;
  /** A file to write a trace to. */
  readonly trace?: string;
  /** A file to write a page to; `true`: report.html where the runs are kept. */
  readonly html?: string | true;
  /** False: the page has no messages, also where there is a transcript. */
  readonly messages?: boolean;
  /** Opens the page in a browser. */
  readonly open?: boolean;
  /** The paths of the runs that are kept, the last one first. */
  readonly list?: boolean;
}

interface ReadRun {
  readonly path: string;
  readonly run: RecordedRun;
}

/** Bytes. A host writes no more than an eighth of it. */
const largestFile = 512 * 1024 * 1024;

/** Resolves with 1 if there is no run, or a file cannot be read or written. @param files default: the last run of this project */
export async function report(files: readonly string[], options: ReportOptions): Promise<number> {
  const kept = keptRuns(process.cwd());
  if (options.list === true) {
    for (const path of kept) console.log(path);
    return 0;
  }
  const paths = files.length === 0 ? kept.slice(0, 1) : [...new Set(files.map(timelineAt))];
  if (paths.length === 0)
    return failed(
      `no run is kept for ${process.cwd()}: runs are kept in the nearest folder with a \`node_modules\`, unless the config has \`report: false\``,
    );
  const runs: ReadRun[] = [];
  for (const path of paths) {
    try {
      runs.push({ path, run: readRun(textOf(path)) });
    } catch (thrown) {
      return failed(`${path}: ${fileFault(thrown, path)}`);
    }
  }
  return await show(runs, options, runsFolder(process.cwd()));
}

async function show(
  all: readonly ReadRun[],
  { json = false, trace, html, open = false, messages: wanted = true }: ReportOptions,
  folder: string | undefined,
): Promise<number> {
  const runs = all.map(({ run }) => run);
  const page = open ? (html ?? true) : html;
  // JSON has stdout for itself.
  const say = json ? console.error : console.log;
  if (trace !== undefined) {
    const fault = write('trace', trace, JSON.stringify(chromeTrace(...runs)));
    if (fault !== undefined) return failed(fault);
    say(`carpool: ${trace} is written: ui.perfetto.dev opens it`);
  }
  if (page !== undefined) {
    const path = page === true ? join(folder ?? process.cwd(), 'report.html') : resolve(page);
    const messages = wanted ? await Promise.all(all.map((one) => messagesOf(one.path, one.run.header.zero))) : [];
    const content = htmlPage(pageTemplate(), runs, { carpool: version, now: Date.now(), messages });
    const fault = write('page', path, content);
    if (fault !== undefined) return failed(fault);
    // A bare line, for scripts.
    say(path);
    if (open) {
      try {
        await openInBrowser(path);
      } catch (thrown) {
        return failed(`Cannot open ${path}: ${messageOf(thrown)}`);
      }
    }
  }
  if (json) {
    const objects = all.map(({ path, run }) => ({ version: 1, file: path, ...run, ...analysed(run) }));
    const printed = objects.length === 1 ? objects[0] : { version: 1, runs: objects };
    process.stdout.write(`${JSON.stringify(printed, undefined, 2)}\n`);
  } else if (trace === undefined && page === undefined)
    for (const run of runs)
      process.stdout.write(runText(run, analyse(run), process.stdout.isTTY ? process.stdout.columns : Infinity));
  return 0;
}

/** A pattern such as `runs/*.jsonl` finds transcripts, too: each stands for the run that is beside it. */
function timelineAt(file: string): string {
  const path = resolve(file);
  const timeline = timelineFileOf(path);
  return existsSync(timeline) ? timeline : path;
}

/** @throws what the system says of it; Error with half a sentence, if it is a transcript, or too large */
function textOf(path: string): string {
  const { size } = statSync(path);
  // One may be larger than what is read here.
  if (timelineFileOf(path) !== path) throw new Error(givenTranscript);
  if (size > largestFile)
    throw new Error(`it has ${Math.round(size / 1024 / 1024)} MiB, and the timeline of a run has no more than 64`);
  return readFileSync(path, 'utf8');
}

/** The folder of a page is made. @returns why it could not be written */
function write(what: 'page' | 'trace', path: string, content: string): string | undefined {
  try {
    if (what === 'trace') writeFileSync(path, content);
    else {
      mkdirSync(dirname(path), { recursive: true });
      // It may have messages, as a transcript has.
      writePrivately(path, content);
    }
    return undefined;
  } catch (thrown) {
    return `the ${what} cannot be written: ${messageOf(thrown)}`;
  }
}

function analysed(run: RecordedRun): object {
  const { pools, leases } = analyse(run);
  // The events are beside it.
  const strip = <T extends { readonly of: unknown }>(spread: T | undefined): object | undefined => {
    if (spread === undefined) return undefined;
    const { of: _, ...numbers } = spread;
    return numbers;
  };
  return {
    summary: {
      pools: pools.map(({ children, waits, opens, lives, ...pool }) => ({
        ...pool,
        children: children.length,
        waits: strip(waits),
        opens: strip(opens),
        lives: strip(lives),
      })),
      leases: leases.map(({ waits, holds, ...lease }) => ({ ...lease, waits: strip(waits), holds: strip(holds) })),
    },
  };
}

function failed(message: string): number {
  console.error(`carpool: ${message}`);
  return 1;
}
