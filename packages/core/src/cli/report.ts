/** `carpool report`: what the last run of a project has waited for, and what sharing has saved. */
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { messageOf } from '../base/thrown.ts';
import { runFiles, runsFolder } from '../process/run-files.ts';
import { analyse } from './report/analyse.ts';
import { chromeTrace } from './report/chrome-trace.ts';
import { readRun, type RecordedRun } from './report/read.ts';
import { runText } from './report/text.ts';

export interface ReportOptions {
  readonly json?: boolean;
  /** A file to write a trace to. */
  readonly trace?: string;
  /** The paths of the runs that are kept, the last one first. */
  readonly list?: boolean;
}

/** Resolves with 1 if there is no run, or its file cannot be read. @param file default: the last run of this project */
export async function report(
  file: string | undefined,
  { json = false, trace, list = false }: ReportOptions,
): Promise<number> {
  const folder = runsFolder(process.cwd());
  const kept = folder === undefined ? [] : runFiles(folder);
  if (list) {
    for (const path of kept) console.log(path);
    return 0;
  }
  const path = file === undefined ? kept[0] : resolve(file);
  if (path === undefined)
    return failed(
      `no run is kept for ${process.cwd()}: runs are kept in the nearest folder with a \`node_modules\`, unless the config has \`report: false\``,
    );
  let run: RecordedRun;
  try {
    run = readRun(readFileSync(path, 'utf8'));
  } catch (thrown) {
    return failed(`${path}: ${messageOf(thrown)}`);
  }
  if (trace !== undefined) {
    try {
      writeFileSync(trace, JSON.stringify(chromeTrace(run)));
    } catch (thrown) {
      return failed(`the trace cannot be written: ${messageOf(thrown)}`);
    }
    console.log(`carpool: ${trace} is written: ui.perfetto.dev opens it`);
  }
  if (json)
    process.stdout.write(`${JSON.stringify({ version: 1, file: path, ...run, ...analysed(run) }, undefined, 2)}\n`);
  else if (trace === undefined)
    process.stdout.write(runText(run, analyse(run), process.stdout.isTTY ? process.stdout.columns : Infinity));
  return 0;
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
