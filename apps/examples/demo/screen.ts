/** What the demos print: lines that stay, and on a terminal one that says what is going on. */
import { availableParallelism, loadavg } from 'node:os';
import { styleText } from 'node:util';
import { isInterrupted } from './place.ts';

const { stdout } = process;
let isShown = false;

export const bold = (text: string): string => styleText('bold', text);

export function say(text = ''): void {
  clear();
  stdout.write(`${text}\n`);
}

/** Until the next line. Nothing where the output is no terminal. */
export function sayMeanwhile(text: string): void {
  if (!stdout.isTTY) return;
  clear();
  stdout.write(styleText('dim', `  ${text} …`));
  isShown = true;
}

function clear(): void {
  if (isShown) stdout.write('\r\u001B[2K');
  isShown = false;
}

export function sayIfBusy(): void {
  const [load = 0] = loadavg();
  if (load <= availableParallelism() / 2) return;
  say(
    `The load of this machine is ${load.toFixed(1)}, on ${availableParallelism()} processors: if it is busy, the figures are rough.`,
  );
}

/** Ends the demo, unless it is ending already. */
export async function giveUp(error: Error): Promise<never> {
  if (isInterrupted()) await new Promise<never>(() => {});
  clear();
  process.stderr.write(`\n${styleText('red', 'failed')}: ${error.message}\n`);
  process.exit(1);
}
