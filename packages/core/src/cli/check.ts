/**
 * `carpool check`: does the config load, does every child start, greet, open a session and close it, does it live, and is
 * every shared worker ready?
 */
import { callSite, CarpoolError, fromRecord } from '../base/errors.ts';
import { messageOf } from '../base/thrown.ts';
import { HostClient } from '../client/client.ts';
import { FileOwner } from '../client/file-owner.ts';
import { unknownPool } from '../client/unknown-name.ts';
import type { MembershipListener } from '../client/shared-worker/membership-types.ts';
import { startHost } from '../main-process/start-host.ts';
import type { PoolStats } from '../pool/types.ts';
import { confirmsEnd, unconfirmedEnd } from '../testing/conformance/confirmation.ts';
import { bounded } from './bounded.ts';
import { checkNames } from './check-names.ts';

export interface CheckOptions {
  readonly config?: string;
  /** Of each session that is registered. */
  readonly params?: unknown;
}

/** Children that are started together: more would be slow by each other, and not by themselves. */
const mostAtOnce = 4;

/**
 * Prints a line for each pool and shared worker, in the order of the config. Resolves with 1 if one of them failed.
 * @param only the name of one pool; default: all pools and shared workers
 * @throws CarpoolError CONFIG_INVALID, HUB_UNREACHABLE
 */
export async function check(only: string | undefined, { config, params }: CheckOptions): Promise<number> {
  const root = process.cwd();
  await using host = await startHost({ root, configFile: config, runner: 'carpool check', records: false });
  const { pools, sharedWorkers, problem, files } = await host.configured;
  if (problem !== undefined) throw fromRecord(problem);
  if (only !== undefined && !pools.includes(only)) throw unknownPool(only, { pools, sharedWorkers });
  console.log(`config: ${files.join(', ')}`);
  checkNames({ pools, sharedWorkers }, root);
  const client = await HostClient.connect({ address: host.address, runner: 'check' });
  const checks = [
    ...(only === undefined ? pools : [only]).map((name) => ({ name, run: () => checkPool(client, name, params) })),
    ...(only === undefined ? sharedWorkers : []).map((name) => ({ name, run: () => checkSharedWorker(client, name) })),
  ];
  let failures = 0;
  /** Pools whose child could mix its sessions up. */
  let sessions = 0;
  const checked = bounded(
    mostAtOnce,
    checks.map(({ run }) => run),
  );
  for (const [n, { name }] of checks.entries()) {
    try {
      const { seen, findings, hasMessages = false } = await checked[n]!;
      if (hasMessages) sessions++;
      console.log(`${name}: ok, ${seen}${listed(findings)}`);
    } catch (thrown) {
      failures++;
      console.log(`${name}: ${messageOf(thrown)}`);
    }
  }
  if (sessions > 0) console.log(notLookedAt);
  client.close();
  return failures === 0 ? 0 : 1;
}

interface Checked {
  /** What was seen, as the end of a sentence. */
  readonly seen: string;
  /** What it does not do, and what follows from that. */
  readonly findings: readonly string[];
  /** Its sessions carry messages. Default false. */
  readonly hasMessages?: boolean;
}

/** @throws what is wrong */
async function checkPool(client: HostClient, pool: string, params: unknown): Promise<Checked> {
  const started = performance.now();
  const session = await client.register(pool, { params });
  const opened = Math.round(performance.now() - started);
  const before = await statsOf(client, pool);
  // From now on: the confirmation of the end is a sign of life, too.
  const probing = client.probe(pool);
  const ended = session.unregister();
  const [{ answers, asked }] = await Promise.all([probing, ended]);
  const after = await statsOf(client, pool);
  // A session has opened, so each failure is one of a child that had started.
  if ((after?.failures ?? 0) > 0) throw diedError(pool, after?.lastFailure);
  if (asked === true && answers !== true) throw silentError(pool, after?.lastStrays);
  const lost = (after?.lastStrays ?? []).slice(before?.lastStrays.length ?? 0).filter((line) => !noMessage.test(line));
  if (lost.length > 0) throw strayError(pool, lost);
  const silent = '; it lives, but has sent nothing: a `probe` in its protocol would prove that it answers';
  return {
    seen: `first session after ${Math.round(opened)} ms${answers === true ? '' : silent}`,
    findings: await findingsOf(client, pool, params),
    hasMessages: session.format !== 'none',
  };
}

/** The short form of `describeProtocol`. */
async function findingsOf(client: HostClient, pool: string, params: unknown): Promise<string[]> {
  const session = await client.register(pool, { params });
  // `ready`, `open` and `close` of a server are the user's own, and its sessions carry no messages.
  if (session.format === 'none') {
    await session.unregister();
    return [];
  }
  const findings = session.hello === undefined ? [noHello] : [];
  const [pid, ...others] = (await statsOf(client, pool))?.pids ?? [];
  // Windows has no signal that stops a process.
  if (pid === undefined || others.length > 0 || process.platform === 'win32') await session.unregister();
  else if (!(await confirmsEnd({ pid, unregister: () => session.unregister() }))) findings.push(`it ${unconfirmedEnd}`);
  return findings;
}

const notLookedAt =
  'not looked at: whether a child keeps its sessions apart, and what a session leaves to the next; `describeProtocol` of carpool/testing tests that';

const noHello =
  'it says no `hello`: it is taken for ready as soon as it is started, and what it still does then is part of the first test';

async function checkSharedWorker(client: HostClient, name: string): Promise<Checked> {
  const started = performance.now();
  const file = new FileOwner({ path: [name], holder: { file: 'carpool check' }, connect: async () => client });
  try {
    await file.sharedWorker({ name }, { listener: silent, site: callSite(check), required: true }).joined;
    return { seen: `ready after ${Math.round(performance.now() - started)} ms`, findings: [] };
  } finally {
    await file.end();
  }
}

async function statsOf(client: HostClient, pool: string): Promise<PoolStats | undefined> {
  return (await client.stats()).find(({ name }) => name === pool);
}

/** Lines of `lastStrays` that are no messages at all, which does no harm: where a message in one was waited for, that has failed. */
const noMessage = /\(no message(: .*)?\)$/;

function diedError(pool: string, failure = 'its child ended'): CarpoolError {
  const message = `The child of pool "${pool}" ended while its first session was opened and closed, instead of living on; to see why, start it by hand and send it what the pool's protocol sends: ${failure}`;
  return new CarpoolError('CHILD_EXITED', message);
}

function silentError(pool: string, strays: readonly string[] = []): CarpoolError {
  const message = `The child of pool "${pool}" did not answer the \`probe\` of its protocol; correct its \`send\` and \`expect\`, or raise \`probeTimeout\`${listed(strays)}`;
  return new CarpoolError('CHILD_SILENT', message);
}

function strayError(pool: string, strays: readonly string[]): CarpoolError {
  const message = `What the child of pool "${pool}" sent reached no session and no request; correct the protocol, whose \`route\` says where a message belongs${listed(strays)}`;
  return new CarpoolError('FRAME_MALFORMED', message);
}

function listed(lines: readonly string[]): string {
  return lines.map((line) => `\n  ${line}`).join('');
}

/** A member that ignores everything. */
const silent: MembershipListener = { message() {}, lost() {}, left() {}, async teardown() {} };
