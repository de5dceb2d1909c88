/** `carpool ps`: what runs on this machine, and who holds and waits for what. */
import { processes } from './ps/ask.ts';
import { processesText } from './ps/text.ts';

export interface PsOptions {
  readonly json?: boolean;
  /** All sessions, leases and waits, and not the first of each. */
  readonly all?: boolean;
  /** Where hosts are looked for. Default: where those of this user are. */
  readonly bases?: readonly string[];
}

/** Of each list. */
const few = 5;

/** Resolves with 0, also where no host runs: an empty list is a list. */
export async function ps({ json = false, all = false, bases }: PsOptions): Promise<number> {
  const found = await processes({ most: all ? Number.MAX_SAFE_INTEGER : few, bases });
  const { stdout } = process;
  stdout.write(
    json ? `${JSON.stringify(found, undefined, 2)}\n` : processesText(found, stdout.isTTY ? stdout.columns : Infinity),
  );
  return 0;
}
