/** What tells several runs apart. Pure. */
import type { TimelineHeader } from '../wire/timeline-lines.ts';

/**
 * "vitest in shop": the folder is there where they have several; the pid of its host where the rest tells none apart; and,
 * where that is the host of a machine and has had several, which of these runs it is.
 */
export function runNames(headers: readonly Pick<TimelineHeader, 'runner' | 'folder' | 'pid'>[]): string[] {
  const several = new Set(headers.map(({ folder }) => folder)).size > 1;
  const short = headers.map(({ runner = '', folder }) => {
    const last = several ? (folder.split(/[\\/]/).findLast((part) => part !== '') ?? folder) : '';
    return [runner, last].filter((part) => part !== '').join(' in ');
  });
  const names = headers.map(({ pid }, at) => {
    const name = short[at] ?? '';
    const isOne = several && short.filter((other) => other === name).length === 1;
    return [name, ...(isOne ? [] : [`host ${pid}`])].filter((part) => part !== '').join(', ');
  });
  return names.map((name, at) => {
    const isOne = names.filter((other) => other === name).length === 1;
    return isOne ? name : `${name}, run ${at + 1}`;
  });
}
