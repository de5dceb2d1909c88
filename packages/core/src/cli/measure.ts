/**
 * `carpool measure -- <command>`: what does a process cost to start, how much memory does it take, and what would a suite
 * save that shares one? All of it is measured on this machine, Carpool's own cost too; measure/suite.ts does the arithmetic.
 */
import { availableParallelism, loadavg } from 'node:os';
import { assess, type Assessment } from './measure/assess.ts';
import { carpoolCost } from './measure/carpool-cost.ts';
import { Interruption } from './measure/interruption.ts';
import { Progress } from './measure/progress.ts';
import { reportLines } from './measure/report.ts';
import { measureSubject, type SubjectOptions } from './measure/subject.ts';

export interface MeasureOptions extends SubjectOptions {
  /** Test files of the suite. */
  readonly files: number;
  /** Test files that run at a time. Default: what the machine can run at a time. */
  readonly workers?: number | undefined;
  /** Tests of a file. */
  readonly tests: number;
  /** Requests of a test. */
  readonly requests: number;
  /** For machines: one object, in milliseconds and bytes. */
  readonly json?: boolean | undefined;
}

/**
 * Prints a report. Resolves with 0; after a signal with 128 and its number, when everything that was started has ended.
 * @throws CarpoolError CONFIG_INVALID, CHILD_*, HUB_UNREACHABLE
 */
export async function measure(command: readonly string[], options: MeasureOptions): Promise<number> {
  using interruption = new Interruption();
  try {
    const assessment = await assessed(command, options, interruption.signal);
    const lines = options.json === true ? [JSON.stringify(assessment, null, 2)] : reportLines(assessment);
    console.log(lines.join('\n'));
    return 0;
  } catch (thrown) {
    if (interruption.code === undefined) throw thrown;
    return interruption.code;
  }
}

async function assessed(command: readonly string[], options: MeasureOptions, signal: AbortSignal): Promise<Assessment> {
  const [load = 0] = loadavg();
  using progress = new Progress(process.stderr);
  const subject = await measureSubject(command, options, { signal, progress });
  const { tests, requests, runs, files } = options;
  const rounds = roundsFor(runs);
  const onRound = (round: number): void => progress.show(`Carpool itself, round ${round} of ${rounds}`);
  const carpool = await carpoolCost({ tests, requests, rounds, signal, progress: onRound });
  const processors = availableParallelism();
  const shape = { files, workers: options.workers ?? processors, processors };
  return assess({ ...subject, carpool, tests, requests, shape, load });
}

/** Carpool's cost of a file is the difference of two processes, so it needs more rounds than a start. */
function roundsFor(runs: number): number {
  return 2 * runs - 1;
}
