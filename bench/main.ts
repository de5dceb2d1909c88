/**
 * `pnpm bench`: every row beside its baseline, one table, and results.json. `--only file,file` runs some files of rows/,
 * with `--add` into results.json, `--quick` all of them roughly, `--growth` those that show how cost grows. Each file of
 * rows has its own process, so that no row depends on the heap or on the optimizations that another has left.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { growth, rows } from './catalogue.ts';
import { Figures } from './figures.ts';
import { commit, describeMachine } from './machine.ts';
import { Progress } from './progress.ts';
import { describeLoad, isQuiet, loadBefore, watchLoad, type Load } from './quiet.ts';
import { judge, type Result, type RowMessage } from './row.ts';
import { table, type Judged } from './table.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    add: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    growth: { type: 'boolean', default: false },
  },
});
const known: readonly string[] = [...rows, ...growth];
const wanted = values.only?.split(',') ?? (values.growth ? growth : rows);
for (const name of wanted) {
  if (!known.includes(name))
    throw new Error(`There are no rows ${JSON.stringify(name)}; there are ${known.join(', ')}`);
}

if (values.add && (values.only === undefined || values.quick || values.growth))
  throw new Error('--add goes with --only, and with nothing else');

const machine = describeMachine();
const figures = new Figures(values.growth ? 'growth' : 'results');
if (values.add) figures.mustBeOf(machine);
const began = new Date();
const of = commit();
console.log(`Carpool ${of}, ${began.toISOString()}${values.quick ? ', --quick: too rough to judge by' : ''}`);
console.log(`${machine.cpu}, ${machine.cores} cores, ${machine.memory} GiB, ${machine.os}, Node ${machine.node}\n`);

const judged: Judged[] = [];
const loads: Record<string, Load & { readonly seconds: number }> = {};
const failed: string[] = [];
/** Why, by file. */
const leftOut: Record<string, string> = {};
const progress = new Progress(process.stderr, wanted.length);
for (const file of wanted) {
  progress.begin(file);
  const before = await loadBefore();
  const during = watchLoad();
  const start = performance.now();
  const results = await inItsOwnProcess(file);
  if (results === undefined) {
    failed.push(file);
    progress.note(`${file}: ended without a result`);
    continue;
  }
  if (leftOut[file] !== undefined) {
    progress.note(`${file}: left out, ${leftOut[file]}`);
    continue;
  }
  const load = { ...before, ...during() };
  loads[file] = { ...load, seconds: Math.round((performance.now() - start) / 1_000) };
  judged.push(...results.map((result) => ({ result, verdict: judge(result, isQuiet(load)) })));
  if (!isQuiet(load)) progress.note(`${file}: not judged, the machine is busy: ${describeLoad(load)}`);
}
progress.end();

const minutes = (Date.now() - began.getTime()) / 60_000;
console.log(table(judged));
console.log(`\n${minutes.toFixed(1)} minutes. ${summary()}`);

// Results of some rows, or rough ones, must not be written as the results of all.
if (!values.quick && failed.length === 0 && (values.only === undefined || values.add)) {
  const run = { commit: of, date: began.toISOString(), minutes: Math.round(minutes), machine, loads, leftOut };
  if (values.add) figures.add(run, judged);
  else figures.write(run, judged);
}
process.exitCode = count('over budget') + failed.length > 0 ? 1 : count('not judged') > 0 ? 2 : 0;

function count(verdict: 'met' | 'over budget' | 'not judged'): number {
  return judged.filter((each) => each.verdict.startsWith(verdict)).length;
}

function summary(): string {
  const unjudged = count('not judged');
  const rest = unjudged === 0 ? '' : `, ${unjudged} not judged`;
  const broken = failed.length === 0 ? '' : ` Without a result: ${failed.join(', ')}.`;
  return `${count('met')} within their budget, ${count('over budget')} over it${rest}.${broken}`;
}

/** Undefined if the row failed; it has then said why. */
async function inItsOwnProcess(file: string): Promise<readonly Result[] | undefined> {
  const main = fileURLToPath(new URL('./row-process.ts', import.meta.url));
  const row = fork(main, [file, ...(values.quick ? ['--quick'] : [])]);
  let results: readonly Result[] | undefined;
  row.on('message', (message: RowMessage) => {
    if (message.type === 'progress') progress.show(message.text);
    else if (message.type === 'left out') leftOut[file] = message.reason;
    else results = message.results;
  });
  await once(row, 'exit');
  return results;
}
