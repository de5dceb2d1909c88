/** What `carpool replay` prints for people. */
import { nameOf } from '../../base/holder-label.ts';
import { printable } from '../../base/printable.ts';
import { differenceLines } from '../../replay/show.ts';
import type { Finding } from './finding.ts';

/** What was played, and what has come of it: also what `--json` prints. */
export interface Played {
  /** Of this object. */
  readonly version: 1;
  readonly file: string;
  /** Nothing differs. */
  readonly same: boolean;
  /** The file ends in the middle of a line. */
  readonly isCut: boolean;
  readonly sessions: number;
  /** Things that came, or did not, and were compared; and those that were as they were recorded. */
  readonly answers: number;
  readonly asBefore: number;
  readonly findings: readonly Finding[];
  /** Sessions that ended by themselves, or whose end was not confirmed, as it was when they were recorded. */
  readonly happened: readonly Pick<Finding, 'pool' | 'test' | 'file' | 'session' | 'what'>[];
}

export function playedText({ file, isCut, sessions, answers, asBefore, findings, happened }: Played): string[] {
  const lines: string[] = [];
  for (const [place, all] of Map.groupBy(findings, placeOf)) {
    lines.push(place);
    for (const { what, differences, more = 0, found } of all) {
      lines.push(`  ${what}`);
      const details = differences === undefined ? [found ?? ''] : differenceLines({ differences, more });
      lines.push(...details.map((line) => `    ${line}`));
    }
  }
  for (const one of happened) lines.push(placeOf(one), `  it still happens: ${one.what}`);
  if (isCut) lines.push(`${file} ends in the middle of a line: what was said after that was not recorded`);
  const of = `${count(answers, 'answer')} in ${count(sessions, 'session')}`;
  lines.push(
    findings.length === 0
      ? `carpool: ${of}, all as they were recorded`
      : `carpool: ${of}, of which ${asBefore} ${asBefore === 1 ? 'is as it was' : 'are as they were'} recorded: ${count(findings.length, 'difference')}`,
  );
  return lines.map(printable);
}

function placeOf({ pool, test, file, session }: Pick<Finding, 'pool' | 'test' | 'file' | 'session'>): string {
  return `${nameOf({ test, file }, 'no test')}, session ${session} of pool ${pool}`;
}

function count(number: number, one: string): string {
  return `${number} ${number === 1 ? one : `${one}s`}`;
}
