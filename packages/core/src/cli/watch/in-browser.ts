/** Serves the view as a page of this machine, until Ctrl-C or the end of the host. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { isCarpoolError } from '../../base/errors.ts';
import { messageOf } from '../../base/thrown.ts';
import { openInBrowser } from '../report/open.ts';
import { ObservedHost, type HostEnd } from './observed-host.ts';
import { PageServer, type EventStream } from './page-server.ts';
import type { PageEvent } from './page/events.ts';

/** Milliseconds between an answer and the next question. */
const interval = 500;
/** Entries of each list of the status. */
const mostNamed = 200;
/** Of a message. */
const characters = 2_000;

/** Resolves with the exit code. @param open in the browser of the user @throws CarpoolError, what the system says */
export async function showInBrowser(address: string, open: boolean): Promise<number> {
  const host = await ObservedHost.connect(address, 'carpool watch', () => {});
  const pages = new Set<EventStream>();
  const stopped = untilSignal();
  const over = new AbortController();
  let server: PageServer | undefined;
  let opened: { remove(): void } | undefined;
  let end: HostEnd | undefined;
  try {
    server = await PageServer.listen({
      html: readFileSync(new URL('./watch-page.html', import.meta.url), 'utf8'),
      status: (page) => {
        pages.add(page);
        return () => void pages.delete(page);
      },
      messages: (page, of) => followed(page, address, of),
    });
    console.log(`carpool: the host is shown until Ctrl-C, to those who have this address: ${server.address}`);
    if (open) opened = openPrivately(server.address, over.signal);
    if (open && opened === undefined) return 1;
    end = await Promise.race([host.ended, asked(host, pages, over.signal), stopped.signal]);
    if (end !== undefined) console.error(`carpool: ${end.text}`);
    return end?.code ?? 0;
  } finally {
    over.abort();
    stopped.forget();
    host.close();
    server?.close({ type: 'end', text: end?.text ?? '`carpool watch` has ended' } satisfies PageEvent);
    opened?.remove();
  }
}

/** Asks only while a page listens. Resolves when the host has ended. */
async function asked(host: ObservedHost, pages: ReadonlySet<EventStream>, over: AbortSignal): Promise<HostEnd> {
  while (!over.aborted) {
    if (pages.size > 0) {
      const event = await host.status(mostNamed).then(
        (status): PageEvent => ({ type: 'status', status }),
        (thrown: unknown): PageEvent => ({ type: isEnd(thrown) ? 'end' : 'fault', text: messageOf(thrown) }),
      );
      if (event.type === 'end') return await host.ended;
      for (const page of pages) page.send(event);
    }
    await setTimeout(interval);
  }
  return await host.ended;
}

/** The messages of one session, for one page, over a connection of its own. @returns ends it */
function followed(page: EventStream, address: string, filter: { pool: string; session: string }): () => void {
  let over = false;
  let host: ObservedHost | undefined;
  let lost = 0;
  const follow = async (): Promise<void> => {
    host = await ObservedHost.connect(address, 'carpool watch', (body) => {
      const missing = lost + (body.lost ?? 0);
      const event: PageEvent = { type: 'messages', body: { ...body, ...(missing > 0 && { lost: missing }) } };
      lost = page.send(event) ? 0 : missing + body.messages.length;
    });
    if (over) host.close();
    else page.send({ type: 'said', ...(await host.observe({ filter, characters })) } satisfies PageEvent);
  };
  follow().catch((thrown: unknown) => {
    if (!over) page.send({ type: 'fault', text: messageOf(thrown) } satisfies PageEvent);
  });
  return () => {
    over = true;
    host?.close();
  };
}

/** Then the connection says why. */
function isEnd(thrown: unknown): boolean {
  return isCarpoolError(thrown, 'HUB_LOST') || isCarpoolError(thrown, 'SESSION_CLOSED');
}

/**
 * By a file that nobody else can read: the command line of a browser, with the address in it, is seen by all users.
 * @param over the program that opens it is not waited for any more
 * @returns undefined if there can be no such file, after a sentence on stderr
 */
function openPrivately(address: string, over: AbortSignal): { remove(): void } | undefined {
  let folder: string | undefined;
  const remove = (): void => {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  };
  let file: string;
  try {
    folder = mkdtempSync(join(tmpdir(), 'carpool-watch-'));
    file = join(folder, 'watch.html');
    writeFileSync(file, `<!doctype html><meta http-equiv="refresh" content="0; url=${address}">\n`, { mode: 0o600 });
  } catch (thrown) {
    remove();
    console.error(`carpool: the file that leads a browser to the page cannot be written: ${messageOf(thrown)}`);
    return undefined;
  }
  // The page is served, whatever opens it.
  openInBrowser(file, { signal: over }).catch((thrown: unknown) =>
    console.error(`carpool: no browser can be started (${messageOf(thrown)}): open ${address} in one`),
  );
  return { remove };
}

/** Ctrl-C, and what ends it in order. */
function untilSignal(): { readonly signal: Promise<undefined>; forget(): void } {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const heard = (): void => resolve(undefined);
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.once(signal, heard);
  return { signal: promise, forget: () => signals.forEach((signal) => process.off(signal, heard)) };
}
