/** What the pools of a run did, a line each, as all adapters print it. */
import type { PoolStats, SlotWaitStats } from '../pool/types.ts';
import type { HostSummary, LeakSummary } from '../wire/control.ts';
import { notableSaving, savedBy, suggestion } from './suggestion.ts';

/** Milliseconds of the longest wait from which on more is said of the waits. */
const notableWait = 200;

/**
 * Pools that no test used are left out. "carpool: renderer: 1 child, 42 sessions, peak 8, longest wait 12 ms". The last line is
 * what the run suggests, if it does: at most one thing.
 */
export function summaryLines(pools: readonly PoolStats[], leaks?: LeakSummary): string[] {
  const used = pools.filter(({ sessions, failures, elsewhere = 0 }) => sessions + failures + elsewhere > 0);
  const suggested = suggestion(used);
  return [
    ...used.map(line),
    ...used.flatMap(notes),
    ...warningLines(pools, leaks),
    ...(suggested === undefined ? [] : [`carpool: ${suggested}`]),
  ];
}

/** What the end of a run says of its transcript: nothing, but for what is not in it. */
export function transcriptLines(summary: HostSummary | undefined): string[] {
  return summary?.transcript === undefined ? [] : [`carpool: warning: ${summary.transcript}`];
}

/** What may have failed no test. */
export function warningLines(pools: readonly PoolStats[], leaks?: LeakSummary): string[] {
  return [...pools.flatMap(warnings), ...(leaks === undefined ? [] : [leakWarning(leaks)])];
}

function leakWarning({ count: found, first }: LeakSummary): string {
  const hint = "`leaks: 'fail'` in the config makes each one fail its test, `leaks: false` hides them";
  const lines = [...first, ...(found > first.length ? [`and ${found - first.length} more`] : []), hint];
  return `carpool: warning: tests have left something behind:\n  ${lines.join('\n  ')}`;
}

/**
 * Ends that were not confirmed, each of which costs its time-out and a slot; a child that died while no test waited for it;
 * sessions with which fault was found, such as connections that tests have left open.
 */
function warnings(pool: PoolStats): string[] {
  const { name, unconfirmed, firstUnconfirmed, failures, children, lastFailure, diagnosed, firstDiagnosed } = pool;
  const { grown = [] } = pool;
  const found: string[] = [];
  if (unconfirmed > 0) {
    const what = count(unconfirmed, 'session', 'sessions');
    const first = firstUnconfirmed === undefined ? '' : `; the first was ${firstUnconfirmed}`;
    found.push(`the child did not confirm the end of ${what}${first}`);
  }
  if (failures > 0 && children > 0 && lastFailure !== undefined)
    found.push(`${failures === 1 ? 'a child' : 'the last child that'} failed: ${lastFailure.split('\n', 1)[0]}`);
  if (diagnosed > 0) {
    const more = diagnosed - firstDiagnosed.length;
    const lines = [...firstDiagnosed, ...(more > 0 ? [`and ${more} more`] : [])];
    const hint = "`diagnostics: 'fail'` of the pool makes each one fail its test, 'event' hides them";
    found.push(`fault was found with ${count(diagnosed, 'session', 'sessions')}:\n  ${[...lines, hint].join('\n  ')}`);
  }
  found.push(...grown.map((text) => `the memory of a child grew: ${text}; \`recycleAfter\` of the pool bounds that`));
  return found.map((text) => `carpool: warning: ${name}: ${text}`);
}

/** What the tests that ran have not asked for: they may have changed since. */
function notes({ name, replayed }: PoolStats): string[] {
  if (replayed === undefined || replayed.unasked === 0) return [];
  const { place, unasked, firstUnasked } = replayed;
  const what = `${count(unasked, 'message or session that was', 'messages and sessions that were')} recorded in ${place}`;
  return [`carpool: ${name}: tests have not asked for ${what}:\n  ${firstUnasked.join('\n  ')}`];
}

function line(pool: PoolStats): string {
  const { name, children, sessions, peak, longestWait, waits, quarantined, failures, elsewhere = 0, others } = pool;
  const { restarts = 0, replayed } = pool;
  if (children === 0 && sessions === 0 && elsewhere === 0)
    return `carpool: ${name}: no child could be started, in ${count(failures, 'attempt', 'attempts')}`;
  const from =
    replayed === undefined ? count(children, 'child', 'children') : `a replay of ${replayed.place}, no child`;
  const parts = [from, count(sessions, 'session', 'sessions'), `peak ${peak}`];
  parts.push(`longest wait ${Math.round(longestWait)} ms${longestWait < notableWait ? '' : spread(waits)}`);
  if (restarts > 0) parts.push(count(restarts, 'restart', 'restarts'));
  if (failures > 0) parts.push(`${count(failures, 'child', 'children')} failed`);
  if (elsewhere > 0) parts.push(`${count(elsewhere, 'session', 'sessions')} on other hosts`);
  else if (others !== undefined && others.same < others.of)
    parts.push(`${others.same} of ${count(others.of, 'other host has', 'other hosts have')} the same pool`);
  if (quarantined > 0) parts.push(`${count(quarantined, 'slot', 'slots')} quarantined`);
  const saved = savedBy(pool);
  if (saved !== undefined && saved.time >= notableSaving)
    parts.push(
      `saved about ${Math.round(saved.time / 1_000)} s: a child for each of ${saved.files} test files, ${Math.round(saved.start)} ms to start`,
    );
  return `carpool: ${name}: ${parts.join(', ')}`;
}

function spread(waits: SlotWaitStats | undefined): string {
  if (waits === undefined) return '';
  const { p50, p95, longestOf } = waits;
  return `${longestOf === undefined ? '' : ` of ${longestOf}`} (p50 ${Math.round(p50)} ms, p95 ${Math.round(p95)} ms)`;
}

function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}
