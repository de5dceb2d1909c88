/** Runs one suite both ways, some rounds of it, and prints what each form took. */
import { median } from './break-even.ts';
import { runRound, type Round } from './forms.ts';
import type { RunOptions } from './run.ts';
import { bold, giveUp, say, sayMeanwhile } from './screen.ts';
import { line, seconds, table } from './table.ts';

export interface Comparing extends Pick<RunOptions, 'suite' | 'place'> {
  readonly rounds: number;
  /** Whether each form runs once before the rounds that count: to fill the caches of the system. Default true. */
  readonly warmUp?: boolean;
  /** No further round begins after this many seconds. Default: all rounds are run. */
  readonly secondsForRounds?: number;
}

/** @returns the rounds that count */
export async function compare({
  suite,
  place,
  rounds,
  warmUp = true,
  secondsForRounds,
}: Comparing): Promise<readonly Round[]> {
  say(line('wall time', 'one per file', 'Carpool', ''));
  if (warmUp) await sayRound('first, not counted', 0, { suite, place });
  const began = performance.now();
  const measured: Round[] = [];
  for (let number = 1; number <= rounds; number++) {
    if (secondsForRounds !== undefined && performance.now() - began > secondsForRounds * 1000) break;
    measured.push(await sayRound(`round ${number} of ${rounds}`, number, { suite, place }));
  }
  sayTable(suite.noun, measured);
  return measured;
}

/** A line of its own, because a round takes some seconds. */
export async function sayRound(title: string, number: number, options: Omit<RunOptions, 'form'>): Promise<Round> {
  sayMeanwhile(title);
  const result = await runRound(number, options).catch(giveUp);
  say(line(title, seconds(result.perFile.wall), seconds(result.carpool.wall), ''));
  return result;
}

function sayTable(noun: string, measured: readonly Round[]): void {
  const [perFile, carpool] = [measured.map((round) => round.perFile), measured.map((round) => round.carpool)];
  const { files = 0, passed = 0, skipped = 0 } = carpool[0] ?? {};
  const without = skipped === 0 ? '' : ` (${skipped} more need the real renderer)`;
  const { lines, worse } = table(noun, { perFile, carpool });
  const of = measured.length === 1 ? 'of one round' : `medians of ${measured.length} rounds`;
  say(`\n${bold(`${passed} tests in ${files} files${without}, ${of}`)}\n`);
  say(`${lines.join('\n')}\n`);
  const steps = [...(perFile[0]?.steps.keys() ?? [])].map((name) => {
    const all = perFile.flatMap(({ steps: taken }) => taken.get(name) ?? []);
    return `${name}, ${seconds((median(all) ?? 0) / 1000)}`;
  });
  if (steps.length > 0) say(`What each file does first without Carpool: ${steps.join('; ')}.`);
  say(worse.length === 0 ? 'Carpool is worse in nothing.' : `Carpool is worse here in: ${worse.join('; ')}.`);
  if (worse.length > 0) {
    say('Its host is one more process, and every message passes through it. The starts that it saves repay that,');
    say('if a start costs enough.');
  }
  if (process.platform !== 'linux')
    say('Processes, CPU time and memory are read from /proc, which this system does not have.');
}
