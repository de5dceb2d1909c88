/** Writes the figures of a run into docs/performance.md, so that page and results.json are always of one run. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { Machine } from './machine.ts';
import { sections } from './row.ts';
import { amount, limitOf, type Judged } from './table.ts';

const page = new URL('../docs/performance.md', import.meta.url);

/**
 * @param name of the markers in the page between which the figures stand: "results" or "growth"
 * @param added rows that are of other commits
 */
export function document(
  name: string,
  judged: readonly Judged[],
  machine: Machine,
  commit: string,
  added: readonly { readonly commit: string; readonly ids: readonly string[] }[],
): void {
  const [begin, end] = [`<!-- ${name}: begin -->`, `<!-- ${name}: end -->`];
  const text = readFileSync(page, 'utf8');
  const [head, rest] = text.split(begin);
  const tail = rest?.split(end)[1];
  if (head === undefined || tail === undefined) throw new Error(`docs/performance.md has no markers ${begin}`);
  const { cpu, cores, memory, os, node } = machine;
  const later = new Map(added.flatMap((each) => each.ids.map((id) => [id, `at ${each.commit.slice(0, 7)}`])));
  const but = later.size === 0 ? '' : ', where no other commit is named';
  const where = `Measured at ${commit.slice(0, 7)}${but}, on ${cpu}, ${cores} cores, ${memory} GiB, ${os}, Node ${node}.`;
  writeFileSync(page, `${head}${begin}\n\n${where}\n\n${tablesOf(judged, later)}\n\n${end}${tail}`);
}

function tablesOf(judged: readonly Judged[], later: ReadonlyMap<string, string>): string {
  const tables = Object.entries(sections).flatMap(([section, title]) => {
    const ofSection = judged.filter(({ result }) => result.section === section);
    if (ofSection.length === 0) return [];
    const lines = ofSection.map(({ result: { id, label, quantity, unit, value, baseline, ratio, budget }, verdict }) =>
      cells([
        later.has(id) ? `${label} (${later.get(id)})` : label,
        quantity,
        amount(value, unit),
        baseline === null ? '' : amount(baseline, unit),
        ratio === null ? '' : `${ratio.toFixed(2)} ×`,
        limitOf(budget, unit),
        verdict === 'no budget' ? '' : verdict,
      ]),
    );
    const head = [cells(['', '', 'Carpool', 'beside it', 'ratio', 'budget', '']), cells(Array(7).fill('---'))];
    return [`**${title}**\n\n${[...head, ...lines].join('\n')}`];
  });
  return tables.join('\n\n');
}

function cells(texts: readonly string[]): string {
  return `| ${texts.join(' | ')} |`;
}
