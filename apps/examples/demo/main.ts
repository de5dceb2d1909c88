/**
 * Runs the examples both ways, with a renderer for each test file and with one renderer shared by all files, and
 * prints what each form took; then three runners at the same time on one renderer. `pnpm demo`
 */
import { styleText } from 'node:util';
import { RendererProcess } from '../one-process-per-file/renderer-process.ts';
import { kind, mode, rendererPath } from '../renderer.ts';
import { run, type Run } from './run.ts';
import { median, table } from './table.ts';
import { threeRunners } from './three-runners.ts';

interface Form {
  readonly name: string;
  readonly config: string;
  readonly runs: Run[];
}

const perFile: Form = { name: 'one renderer a file', config: 'one-process-per-file/vitest.config.ts', runs: [] };
const carpool: Form = { name: 'Carpool', config: 'vitest.config.ts', runs: [] };

const rounds = 2;
/** No further round begins after this many seconds, and the last question is not asked after twice as many. */
const secondsForRounds = 14;
/** Seconds, for the one round that asks what a slow start would change. */
const delay = 2;

const bold = (text: string): string => styleText('bold', text);
const say = (text = ''): void => void process.stdout.write(`${text}\n`);

/** In turns, so that neither form always has the warmer caches. */
async function round(number: number, env?: Record<string, string>): Promise<Run[]> {
  const runs: Run[] = [];
  for (const form of number % 2 === 1 ? [perFile, carpool] : [carpool, perFile]) {
    process.stdout.write(`  ${form.name.padEnd(24)}`);
    const result = await run(form.config, env).catch((error: Error) => {
      say(styleText('red', 'failed'));
      process.stderr.write(`\n${error.message}\n`);
      process.exit(1);
    });
    say(
      `${result.wall.toFixed(1)} s, ${result.passed} tests passed, ${result.renderers} renderers`.replace(
        / 1 renderers/,
        ' 1 renderer',
      ),
    );
    runs.push(result);
    if (env === undefined) form.runs.push(result);
  }
  return runs;
}

async function timeToHello(): Promise<number> {
  const began = performance.now();
  const renderer = await RendererProcess.start();
  const took = performance.now() - began;
  await renderer.stop();
  return took;
}

say(bold('One suite, run both ways: a renderer for each test file, and one renderer for all.'));
say(
  kind === 'real'
    ? `The renderer is the real one, ${rendererPath} (${mode}).`
    : 'The renderer is the stand-in of @carpool/plushie, a small Node program.',
);
const hellos = [await timeToHello(), await timeToHello(), await timeToHello()];
say(`From its start to its hello it takes ${Math.round(median(hellos) ?? 0)} ms.`);

const began = performance.now();
const elapsed = (): number => (performance.now() - began) / 1000;
for (let number = 1; number <= rounds && elapsed() < secondsForRounds; number++) {
  say(`\nRound ${number} of ${rounds}`);
  await round(number);
}

const [{ files, passed, skipped } = { files: 0, passed: 0, skipped: 0 }] = carpool.runs;
const without = skipped === 0 ? '' : ` (${skipped} more need the real renderer)`;
const { lines, worse } = table(perFile.runs, carpool.runs);
say(`\n${bold(`${passed} tests in ${files} files${without}, medians of ${carpool.runs.length} rounds`)}\n`);
say(`${lines.join('\n')}\n`);
if (worse.length > 0) {
  say(`Carpool is worse here in: ${worse.join('; ')}.`);
  say('Its host is one more process, and every message passes through it. The starts that it saves repay that,');
  say('if a start costs enough.');
}
if (process.platform !== 'linux')
  say('Processes, CPU time and memory are read from /proc, which this system does not have.');

if (process.platform !== 'win32' && elapsed() < 2 * secondsForRounds) {
  say(`\n${bold(`The same once more, with a renderer that takes ${delay} s longer to start`)}\n`);
  await round(1, { CARPOOL_EXAMPLES_DELAY: String(delay) });
}

say(`\n${bold('Three runners at the same time, inside `carpool run`: one host and one renderer for all of them')}\n`);
const together = await threeRunners().catch((error: Error) => {
  process.stderr.write(`\n${styleText('red', 'failed')}: ${error.message}\n`);
  process.exit(1);
});
for (const { name, passed: count, seconds } of together.runners) {
  say(`  ${name.padEnd(24)}${seconds.toFixed(1)} s, ${count} tests passed`);
}
say(`\n  One host, ${together.runners.length} runners: ${together.summary}.`);
