/**
 * `pnpm bench`: every row beside its baseline, a table, and results.json. `--only id,id` runs some rows, `--quick` all of
 * them roughly. Each row has its own process, so that no row depends on the heap or on the
 * optimizations that another has left.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs, styleText } from 'node:util';
import type { Measured } from './row.ts';

const files = [
  'relay-round-trip',
  'relay-pipelined',
  'relay-16mib',
  'pool-small',
  'pool-63mib',
  'idle-sessions',
  'host-start',
  'file-cost',
  'memory',
  'worker-round-trip',
  'worker-in-flight',
  'worker-payload',
  'locks',
] as const;

const { values } = parseArgs({ options: { only: { type: 'string' }, quick: { type: 'boolean', default: false } } });
const wanted = values.only?.split(',');
for (const name of wanted ?? []) {
  if ((files as readonly string[]).includes(name)) continue;
  throw new Error(`There is no row ${JSON.stringify(name)}; there are ${files.join(', ')}`);
}

const measured: Measured[] = [];
console.log(line('row', 'value', 'baseline', 'ratio', 'budget', 'rounds', ''));
for (const file of files.filter((name) => wanted === undefined || wanted.includes(name))) {
  for (const result of await inItsOwnProcess(file)) {
    measured.push(result);
    console.log(shown(result));
  }
}

const results = measured.map(({ result }) => result);
// Results of some rows, or rough ones, must not be written as the results of all.
if (wanted === undefined && !values.quick) {
  writeFileSync(new URL('./results.json', import.meta.url), `${JSON.stringify(results, undefined, 2)}\n`);
}
process.exitCode = results.every(({ ok }) => ok) ? 0 : 1;

async function inItsOwnProcess(file: string): Promise<readonly Measured[]> {
  const main = fileURLToPath(new URL('./row-process.ts', import.meta.url));
  const row = fork(main, [file, ...(values.quick ? ['--quick'] : [])]);
  let sent: readonly Measured[] | undefined;
  row.on('message', (message) => (sent = message as readonly Measured[]));
  await once(row, 'exit');
  if (sent === undefined) throw new Error(`The row ${file} ended without a result`);
  return sent;
}

function shown({ result, budget, spread, rounds }: Measured): string {
  const { id, unit, value, baseline, ratio, ok } = result;
  const base = baseline === null ? '' : `${short(baseline)} ${unit}`;
  const times =
    ratio === null ? '' : `${ratio.toFixed(2)} ×${spread === undefined ? '' : ` ±${Math.round(spread * 100)} %`}`;
  const limit =
    budget === undefined ? '' : `${budget.side} ${budget.limit}${budget.of === 'value' ? ` ${unit}` : ' ×'}`;
  const verdict = budget === undefined ? '' : ok ? styleText('green', 'ok') : styleText('red', 'over budget');
  return line(id, `${short(value)} ${unit}`, base, times, limit, String(rounds), verdict);
}

function line(
  id: string,
  value: string,
  base: string,
  ratio: string,
  budget: string,
  rounds: string,
  ok: string,
): string {
  const columns = [id.padEnd(26), value.padStart(22), base.padStart(22), ratio.padStart(16), budget.padStart(16)];
  return [...columns, rounds.padStart(7), ` ${ok}`].join(' ').trimEnd();
}

function short(value: number): string {
  return value >= 1_000 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);
}
