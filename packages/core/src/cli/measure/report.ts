/** What `carpool measure` prints. Pure. */
import type { Assessment } from './assess.ts';

export function reportLines(assessment: Assessment): string[] {
  const { subject, ready, process, carpool, shape, tests, separate, shared } = assessment;
  const { files, workers } = shape;
  const range = `${milliseconds(process.fastest)} to ${milliseconds(process.slowest)}`;
  const starts = process.runs === 1 ? 'measured once' : `medians of ${process.runs} starts, ${range}`;
  return [
    subject,
    `  ready ${ready}; ${starts}`,
    '',
    row('What a start costs', 'wall', 'CPU', 'memory'),
    row('  your process', time(process.wall), time(process.cpu), bytes(process.memory?.total)),
    row(
      "  Carpool's host, once a run",
      time(carpool.hostWall),
      time(carpool.hostCpu),
      bytes(carpool.hostMemory?.total),
    ),
    row(
      `  Carpool in a file of ${count(tests, 'test')}`,
      time(carpool.fileWall),
      time(carpool.fileCpu),
      bytes(carpool.workerMemory),
    ),
    '',
    row(`Added to ${count(files, 'file')}, ${workers} at a time`, 'wall', 'CPU', 'memory'),
    row('  a process for each file', time(separate.wall), time(separate.cpu), bytes(separate.memory)),
    row('  one process, shared', time(shared.wall), time(shared.cpu), bytes(shared.memory)),
    row(
      '  sharing takes',
      compare(separate.wall, shared.wall),
      compare(separate.cpu, shared.cpu),
      compare(separate.memory, shared.memory),
    ),
    '',
    ...notes(assessment),
    ...verdict(assessment),
  ];
}

function notes({ endsByItself, ready, process, shape, load }: Assessment): string[] {
  const lines = [
    'Measured without a runner: its own time comes on top. Loading an adapter in each file moves the limit up.',
  ];
  if (load > shape.processors / 2)
    lines.push(
      `The load of this machine was ${load.toFixed(1)}, on ${count(shape.processors, 'processor')}: if it was busy, measure again.`,
    );
  if (endsByItself)
    lines.push(
      'It ends by itself. Carpool shares a process that stays: these figures are for a form of it that does,',
      'such as a server or a watch mode. A result that all tests read is computed once with `once` instead.',
    );
  if (ready === 'at its first output')
    lines.push('If its first output comes before it is ready, give --ready with what it prints when it is.');
  if (process.cpu === undefined || process.memory === undefined)
    lines.push('This system does not show all of the processor time and the memory of other processes.');
  return [...lines, ''];
}

function verdict({ verdict: outcome, breakEven, process, shape }: Assessment): string[] {
  const yours = `yours takes ${milliseconds(process.wall)}`;
  if (!Number.isFinite(breakEven))
    return [
      `Sharing does not pay with ${count(shape.files, 'file')}, ${shape.workers} at a time, however slow the start is: no worker starts a second process; ${yours}.`,
    ];
  const rule = `Sharing pays when your process takes more than ${milliseconds(breakEven)} to start; ${yours}.`;
  switch (outcome) {
    case 'pays':
      return [rule];
    case 'does not pay':
      return ['Sharing does not pay here: start the process in each file.', rule];
    case 'even':
      return ['Sharing changes little here: the two differ by less than a measurement can tell.', rule];
  }
}

function row(title: string, ...columns: readonly [wall: string, cpu: string, memory: string]): string {
  return `${title.padEnd(34)}${columns.map((column) => column.padStart(14)).join('')}`.trimEnd();
}

/** Within this part of each other two costs are the same. */
const noise = 0.05;

function compare(before: number | undefined, after: number | undefined): string {
  if (before === undefined || after === undefined || before <= 0 || after <= 0) return '';
  const ratio = after / before;
  if (Math.abs(ratio - 1) <= noise) return 'the same';
  return ratio < 1 ? `${times(1 / ratio)} less` : `${times(ratio)} more`;
}

function times(ratio: number): string {
  return `${ratio < 10 ? ratio.toFixed(1) : Math.round(ratio)} x`;
}

function time(value: number | undefined): string {
  if (value === undefined) return 'not measured';
  return value < 1000 ? milliseconds(value) : `${(value / 1000).toFixed(1)} s`;
}

function milliseconds(value: number): string {
  return `${value < 10 ? Math.round(value * 10) / 10 : Math.round(value)} ms`;
}

function bytes(value: number | undefined): string {
  if (value === undefined) return 'not measured';
  const mebibytes = value / 1024 / 1024;
  return mebibytes < 1 ? 'under 1 MiB' : `${Math.round(mebibytes)} MiB`;
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
