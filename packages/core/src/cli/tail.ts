/** `carpool tail`: the messages of sessions, as they pass. */
import { styleText } from 'node:util';
import { setTimeout } from 'node:timers/promises';
import { isCarpoolError } from '../base/errors.ts';
import type { ObservedFilter, ObservedSession } from '../wire/observe.ts';
import type { StatusResult } from '../wire/status.ts';
import { chooseHost } from './watch/choose-host.ts';
import { ObservedHost, type HostEnd } from './watch/observed-host.ts';
import { JsonLines, TextLines } from './tail/lines.ts';
import { Output } from './tail/output.ts';

export interface TailOptions {
  /** Of this pool alone. */
  readonly pool?: string;
  /** The pid of a host or of a runner, or the id of a run. */
  readonly host?: string;
  readonly json?: boolean;
  /** Wait for a session that is meant, where there is none. */
  readonly wait?: boolean;
  /** Show more of each message. */
  readonly whole?: boolean;
  /** Where hosts are looked for. Default: where those of this user are. */
  readonly bases?: readonly string[];
}

/** Milliseconds between two looks whether the session is still there, and whether the host answers. */
const interval = 500;
/** Characters of a message with `--whole`: the most that a host shows. */
const wholeCharacters = 16 * 1024;

/**
 * Resolves with 0 when the session or the host has ended, with 1 where there is none.
 * @param target the id of a session, or part of the name or file of a test. Default: all
 */
export async function tail(target: string | undefined, options: TailOptions): Promise<number> {
  const { json = false, wait = false, whole = false, bases } = options;
  const { address, fault } = await chooseHost({ host: options.host, bases, command: 'carpool tail' });
  if (fault !== undefined) return failed(fault);
  const output = new Output(process.stdout, json ? new JsonLines() : new TextLines(paint));
  const host = await ObservedHost.connect(address, 'carpool tail', (body) => output.messages(body));
  try {
    const filter = filterOf(target, options.pool);
    const narrowed = target !== undefined || options.pool !== undefined;
    const characters = whole ? wholeCharacters : undefined;
    const { sessions } = await host.observe({ filter, characters, said: narrowed });
    if (sessions.length === 0 && narrowed && !wait)
      return failed(`no open session ${meantText(filter)}; \`carpool ps\` lists them, and --wait waits for one`);
    if (narrowed) output.said(sessions);
    const end = await Promise.race([host.ended, over(host, filter, sessions), output.closed]);
    // Its last messages come before its end, and this turn's are still on their way.
    if (end === undefined) return 0;
    console.error(`carpool: ${end.text}`);
    return end.code;
  } catch (thrown) {
    lost(thrown);
    const end = await host.ended;
    console.error(`carpool: ${end.text}`);
    return end.code;
  } finally {
    host.close();
    output.end();
  }
}

/** Ids are "s1", "s2", … in each pool. */
function filterOf(target: string | undefined, pool: string | undefined): ObservedFilter {
  if (target === undefined) return { pool };
  return /^s\d+$/.test(target) ? { pool, session: target } : { pool, test: target };
}

/** `is s9`; `is of a test "adds", in pool browser` */
function meantText({ pool, session, test }: ObservedFilter): string {
  const what =
    session === undefined ? (test === undefined ? undefined : `is of a test ${JSON.stringify(test)}`) : `is ${session}`;
  const where = pool === undefined ? undefined : `is in pool ${pool}`;
  return [what, where].filter((part) => part !== undefined).join(' and ');
}

/** Resolves when all sessions of this id have ended: no other one has it later. Asks in between, so that silence is noticed. */
async function over(
  host: ObservedHost,
  { pool, session }: ObservedFilter,
  there: readonly ObservedSession[],
): Promise<HostEnd> {
  let seen = there.length > 0;
  for (;;) {
    await setTimeout(interval);
    const status = await host.status(session === undefined ? 0 : Number.MAX_SAFE_INTEGER).catch(lost);
    if (status === undefined) return await host.ended;
    if (session === undefined) continue;
    const isOpen = isThere(status, pool, session);
    if (seen && !isOpen) {
      await setTimeout(interval); // what it has said last
      return { text: `session ${session} has ended`, code: 0 };
    }
    seen ||= isOpen;
  }
}

/** The connection says why. @throws what is no end of it */
function lost(thrown: unknown): undefined {
  if (isCarpoolError(thrown, 'HUB_LOST') || isCarpoolError(thrown, 'SESSION_CLOSED')) return undefined;
  throw thrown;
}

function isThere({ pools }: StatusResult, pool: string | undefined, session: string): boolean {
  return pools.some(
    ({ name, id: own, sessions }) =>
      (pool === undefined || name === pool || own === pool) && sessions.some(({ id }) => id === session),
  );
}

/** Asks the terminal and the environment: NO_COLOR, FORCE_COLOR. */
function paint(style: Parameters<typeof styleText>[0], text: string): string {
  return styleText(style, text, { stream: process.stdout });
}

function failed(message: string): number {
  console.error(`carpool: ${message}`);
  return 1;
}
