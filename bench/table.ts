/** The one table that `pnpm bench` prints. */
import { styleText } from 'node:util';
import { sections, type Budget, type Result, type Verdict } from './row.ts';

export interface Judged {
  readonly result: Result;
  readonly verdict: Verdict;
}

const widths = [54, 6, 18, 18, 15, 20, 6] as const;

export function table(judged: readonly Judged[]): string {
  const lines = [line('', '', 'value', 'baseline', 'ratio', 'budget', 'rounds')];
  for (const [section, title] of Object.entries(sections)) {
    const ofSection = judged.filter(({ result }) => result.section === section);
    if (ofSection.length === 0) continue;
    lines.push('', styleText('bold', title));
    let before = '';
    for (const each of ofSection) {
      lines.push(row(each, each.result.label === before ? '' : each.result.label));
      before = each.result.label;
    }
  }
  return lines.join('\n');
}

function row({ result, verdict }: Judged, label: string): string {
  const { quantity, unit, value, baseline, ratio, spread, rounds, budget, past } = result;
  const base = baseline === null ? '' : `${amount(baseline, unit)}${past === undefined ? '' : ` ${past.commit}`}`;
  const around = spread === null || rounds < 2 ? '' : ` ±${spreadOf(spread, ratio, unit)}`;
  const times = ratio === null ? around.trim() : `${ratio.toFixed(2)} ×${around}`;
  return `${line(`  ${label}`, quantity, amount(value, unit), base, times, limitOf(budget, unit), String(rounds))} ${painted(verdict)}`.trimEnd();
}

function spreadOf(spread: number, ratio: number | null, unit: string): string {
  return ratio === null ? amount(spread, unit) : `${Math.round(spread * 100)} %`;
}

export function limitOf(budget: Budget | null, unit: string): string {
  return budget === null ? '' : `${budget.side} ${budget.limit} ${budget.of === 'value' ? unit : '×'}`;
}

function painted(verdict: Verdict): string {
  switch (verdict) {
    case 'met':
      return styleText('green', verdict);
    case 'over budget':
      return styleText('red', verdict);
    case 'no budget':
      return '';
    case 'not judged: machine is busy':
    case 'not judged: no ratio':
      return styleText('yellow', verdict);
  }
}

function line(label: string, ...columns: readonly string[]): string {
  const [first, second, ...others] = widths;
  const [quantity = '', ...rest] = columns;
  const cells = [
    label.padEnd(first),
    quantity.padEnd(second),
    ...rest.map((text, at) => text.padStart(others[at] ?? 0)),
  ];
  return cells.join(' ');
}

export function amount(value: number, unit: string): string {
  const size = Math.abs(value);
  const digits = size >= 100 || size === 0 ? 0 : size >= 10 ? 1 : 2;
  return `${size >= 1_000 ? Math.round(value).toLocaleString('en') : value.toFixed(digits)} ${unit}`;
}
