/** `carpool watch`: what a host does, in a terminal or as a page, while it does it. */
import { chooseHost } from './watch/choose-host.ts';

export interface WatchOptions {
  /** The pid of a host or of a runner, or the id of a run. */
  readonly host?: string;
  /** As a page, and not in the terminal. */
  readonly web?: boolean;
  /** As `web`, and open it in the browser of the user. */
  readonly open?: boolean;
  /** Where hosts are looked for. Default: where those of this user are. */
  readonly bases?: readonly string[];
}

/** Resolves with 0 when it is left, or the host has ended; with 1 where nothing can be shown. */
export async function watch({ host, web = false, open = false, bases }: WatchOptions): Promise<number> {
  const isPage = web || open;
  const missing = isPage ? undefined : noTerminal();
  if (missing !== undefined)
    return failed(
      `watch needs a terminal${missing}. \`carpool ps\` prints the same once, \`carpool watch --web\` serves a page`,
    );
  const { address, fault } = await chooseHost({ host, bases, command: 'carpool watch' });
  if (fault !== undefined) return failed(fault);
  if (isPage) {
    const { showInBrowser } = await import('./watch/in-browser.ts');
    return await showInBrowser(address, open);
  }
  // Loaded for this command alone: it is the largest part of it.
  const { showInTerminal } = await import('./watch/terminal.ts');
  return await showInTerminal(address);
}

/** Why nothing can be drawn here, if it cannot: the end of a sentence. */
function noTerminal(): string | undefined {
  if (!process.stdout.isTTY) return ': its output is not one';
  if (!process.stdin.isTTY) return ': its input is not one';
  return process.env['TERM'] === 'dumb' ? ' that can be drawn in, which this one (TERM=dumb) cannot' : undefined;
}

function failed(message: string): number {
  console.error(`carpool: ${message}`);
  return 1;
}
