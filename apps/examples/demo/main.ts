/**
 * What would I save? Runs the examples both ways, with a renderer for each test file and with one renderer shared by all
 * files, and prints what each form took; then with slower renderers; then three runners at the same time on one renderer. It
 * ends with the start from which on sharing pays, which follows from these runs. `pnpm demo`
 */
import { availableParallelism, loadavg } from 'node:os';
import { styleText } from 'node:util';
import { RendererProcess } from '../one-process-per-file/renderer-process.ts';
import { kind, mode, rendererPath } from '../renderer.ts';
import { breakEven, median, type Pair } from './break-even.ts';
import { runRound, type Round } from './forms.ts';
import { line, table } from './table.ts';
import { threeRunners } from './three-runners.ts';

const rounds = 5;
/** No further round begins after this many seconds, and no slower start after twice as many. */
const secondsForRounds = 25;
/** Seconds by which the renderer of a further round starts later: the break-even is near the first. */
const delays = [0.5, 2];

const bold = (text: string): string => styleText('bold', text);
const say = (text = ''): void => void process.stdout.write(`${text}\n`);
const seconds = (value: number): string => `${value.toFixed(1)} s`;

/** A line of its own, because a round takes some seconds. */
async function round(title: string, number: number, delay = 0): Promise<Round> {
  const result = await runRound(number, delay).catch(giveUp);
  say(line(title, seconds(result.perFile.wall), seconds(result.carpool.wall), ''));
  return result;
}

function giveUp(error: Error): never {
  process.stderr.write(`\n${styleText('red', 'failed')}: ${error.message}\n`);
  process.exit(1);
}

async function timeToHello(): Promise<number> {
  const began = performance.now();
  const renderer = await RendererProcess.start();
  const took = performance.now() - began;
  await renderer.stop();
  return took;
}

say(bold('What would I save?'));
say('One suite of Vitest runs both ways: a renderer for each test file, and one renderer that Carpool shares.');
say(
  kind === 'real'
    ? `The renderer is the real one, ${rendererPath} (${mode}).`
    : 'The renderer is the stand-in of @carpool/plushie, a small Node program.',
);
const hellos: number[] = [];
for (let start = 0; start < 5; start++) hellos.push(await timeToHello());
const start = median(hellos.slice(1)) ?? 0;
say(`From its start to its hello it takes ${Math.round(start)} ms.`);
const [load = 0] = loadavg();
if (load > availableParallelism() / 2) {
  say(
    `The load of this machine is ${load.toFixed(1)}, on ${availableParallelism()} processors: if it is busy, the figures are rough.`,
  );
}
say();

const pair = ({ perFile, carpool }: Round, delay = 0): Pair => ({
  start: start + delay * 1000,
  perFile: perFile.wall,
  carpool: carpool.wall,
});

say(line('wall time', 'one per file', 'Carpool', ''));
// The first run of each form fills the caches of the system, and does not count.
await round('warm-up', 0);
const began = performance.now();
const elapsed = (): number => (performance.now() - began) / 1000;
const measured: Round[] = [];
for (let number = 1; number <= rounds && elapsed() < secondsForRounds; number++)
  measured.push(await round(`round ${number} of ${rounds}`, number));

const [{ carpool: first } = { carpool: undefined }] = measured;
const { files = 0, passed = 0, skipped = 0 } = first ?? {};
const without = skipped === 0 ? '' : ` (${skipped} more need the real renderer)`;
const { lines, worse } = table(
  measured.map(({ perFile }) => perFile),
  measured.map(({ carpool }) => carpool),
);
say(`\n${bold(`${passed} tests in ${files} files${without}, medians of ${measured.length} rounds`)}\n`);
say(`${lines.join('\n')}\n`);
say(worse.length === 0 ? 'Carpool is worse in nothing.' : `Carpool is worse here in: ${worse.join('; ')}.`);
if (worse.length > 0) {
  say('Its host is one more process, and every message passes through it. The starts that it saves repay that,');
  say('if a start costs enough.');
}
if (process.platform !== 'linux')
  say('Processes, CPU time and memory are read from /proc, which this system does not have.');

const slower: Pair[] = [];
if (process.platform !== 'win32') {
  say(`\n${bold('And if the renderer took longer to start?')}\n`);
  say(line('wall time', 'one per file', 'Carpool', ''));
  for (const [index, delay] of delays.entries()) {
    if (elapsed() > 2 * secondsForRounds) break;
    slower.push(pair(await round(`${delay} s longer`, index + 1, delay), delay));
  }
}

say(`\n${bold('Three runners at the same time, inside `carpool run`: one host and one renderer for all of them')}\n`);
const together = await threeRunners().catch(giveUp);
for (const { name, passed: count, seconds: took } of together.runners)
  say(`  ${name.padEnd(34)}${seconds(took).padStart(14)}, ${count} tests passed`);
say(`\n  One host, ${together.runners.length} runners: ${together.summary}.\n`);

const even = breakEven(
  measured.map((one) => pair(one)),
  slower,
);
const milliseconds = (value: number): string => `${Math.round(value)} ms`;
if (even === undefined) {
  say('These runs do not show from which start on sharing pays: the machine was too busy, or there were too few.');
} else {
  const range = `in half of the rounds ${milliseconds(even.least)} to ${milliseconds(even.most)}`;
  const rule = `Sharing pays when your process takes more than ${milliseconds(even.start)} to start`;
  say(bold(`${rule} (${range}); this renderer takes ${milliseconds(start)}.`));
}
say('For your own process and machine: npx carpool measure -- <command>');
