/**
 * What would I save with Plushie? Runs the examples both ways, with a renderer for each test file and with one renderer
 * shared by all files; then with slower renderers; then three runners at the same time on one renderer. It ends with the
 * start from which on sharing pays, which follows from these runs. `pnpm --filter @carpool/examples demo:plushie`
 */
import { RendererProcess } from '../one-process-per-file/renderer-process.ts';
import { kind, mode, rendererPath } from '../renderer.ts';
import { breakEven, median, type Pair } from './break-even.ts';
import { compare, sayRound } from './comparison.ts';
import type { Round } from './forms.ts';
import { makePlace, runEnvironment } from './place.ts';
import { bold, giveUp, say, sayIfBusy, sayMeanwhile } from './screen.ts';
import { plushie } from './suites.ts';
import { line, seconds } from './table.ts';
import { threeRunners } from './three-runners.ts';

const rounds = 5;
/** No further round begins after this many seconds, and no slower start after twice as many. */
const secondsForRounds = 25;
/** Seconds by which the renderer of a further round starts later: the break-even is near the first. */
const delays = [0.5, 2];

async function timeToHello(): Promise<number> {
  const began = performance.now();
  const renderer = await RendererProcess.start();
  const took = performance.now() - began;
  await renderer.stop();
  return took;
}

const place = makePlace();
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
sayIfBusy();
say();

const pair = ({ perFile, carpool }: Round, delay = 0): Pair => ({
  start: start + delay * 1000,
  perFile: perFile.wall,
  carpool: carpool.wall,
});

const began = performance.now();
const measured = await compare({ suite: plushie, place, rounds, secondsForRounds });

const slower: Pair[] = [];
if (process.platform !== 'win32') {
  say(`\n${bold('And if the renderer took longer to start?')}\n`);
  say(line('wall time', 'one per file', 'Carpool', ''));
  for (const [index, delay] of delays.entries()) {
    if (performance.now() - began > 2 * secondsForRounds * 1000) break;
    const env = { CARPOOL_EXAMPLES_DELAY: String(delay) };
    slower.push(pair(await sayRound(`${delay} s longer`, index + 1, { suite: plushie, place, env }), delay));
  }
}

say(`\n${bold('Three runners at the same time, inside `carpool run`: one host and one renderer for all of them')}\n`);
sayMeanwhile('Vitest, Jest and Playwright Test');
const { env } = runEnvironment(place);
const together = await threeRunners({ folder: 'three-runners', pool: 'renderer', env }).catch(giveUp);
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
process.exit();
