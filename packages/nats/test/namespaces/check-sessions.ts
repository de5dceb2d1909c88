/**
 * What must hold of sessions on several machines: shown from the same journal as all else.
 *
 *   served   a slot of its host is used from the line in which its child has had the first message of it to the one in which
 *            that is asked to end it. In truth it is used for longer
 *   had      by its test, from its first answer to the line before it is given back; else it was lost
 *   elsewhere  on a host that offers its pool, on whatever machine: not the host of the run
 */
import type { Failed, Fault, Has, Line, Offers } from './journal.ts';
import { kills, windowsIn } from './windows.ts';

/** Milliseconds after which both sides have given up a connection that is cut. */
const longestSilence = 14_000;

interface HostOfShard {
  readonly shard: string;
  readonly machine: string;
}

export class Sessions {
  readonly #lines: readonly Line[];
  readonly #slots = new Map<number, number>();
  /** By their pids: hosts of shards, and those that offer. */
  readonly #own = new Map<number, HostOfShard>();
  readonly #offering = new Map<number, Offers>();
  /** By shards. */
  readonly #machines = new Map<string, string>();
  readonly #has = new Map<string, Has>();
  /** That were given back. */
  readonly #left = new Set<string>();
  /** By tests, all that were registered. */
  readonly #opened = new Map<string, string[]>();

  constructor(lines: readonly Line[]) {
    this.#lines = lines;
    for (const line of lines) {
      if (line.event === 'starts' || line.event === 'offers') this.#slots.set(line.host, line.slots);
      if (line.event === 'starts') {
        this.#own.set(line.host, line);
        this.#machines.set(line.shard, line.machine);
      }
      if (line.event === 'offers') this.#offering.set(line.host, line);
      if (line.event === 'has') this.#has.set(line.session, line);
      if (line.event === 'leaves') this.#left.add(line.session);
      if (line.event === 'opens')
        this.#opened.set(testOf(line), [...(this.#opened.get(testOf(line)) ?? []), line.session]);
    }
  }

  /** A sentence for each that is wrong. */
  faults(): string[] {
    return [
      ...this.#tooMany(),
      ...this.#neverEnded(),
      ...this.#answersOfOthers(),
      ...this.#lossesUnseen(),
      ...this.#namedNotLost(),
      ...this.#noneElsewhere(),
    ];
  }

  /**
   * Whether a test may fail with HUB_LOST since a fault has parted it from a host elsewhere: it says which one, and has, or may
   * have had, a session there.
   */
  mayLose(failed: Failed, words: string, faults: readonly Fault[]): boolean {
    const here = this.#machines.get(failed.shard);
    return [...this.#offering.values()].some(
      ({ place, machine }) =>
        words.includes(place) &&
        faults.some((fault) => parts(fault, machine, here)) &&
        (this.#opened.get(testOf(failed)) ?? []).some(
          (session) => (this.#has.get(session)?.machine ?? machine) === machine,
        ),
    );
  }

  #tooMany(): string[] {
    const served = new Map<number, Set<string>>();
    return this.#lines.flatMap((line, at) => {
      if (line.event !== 'serves' && line.event !== 'has served') return [];
      const { host, machine, id, session } = line;
      const now = served.get(host) ?? new Set<string>();
      served.set(host, now);
      const one = `${id} (${session})`;
      if (line.event === 'has served')
        return now.delete(one)
          ? []
          : [`line ${at + 1}: ${one} ends on host ${host} of ${machine}, which has no such one`];
      now.add(one);
      const slots = this.#slots.get(host);
      if (slots === undefined) return [`line ${at + 1}: ${one} is served by ${host} of ${machine}, which is no host`];
      if (now.size <= slots) return [];
      return [
        `line ${at + 1}: host ${host} of ${machine} serves ${now.size} sessions at once, with ${slots} slots: ${[...now].join(', ')}`,
      ];
    });
  }

  /** Whatever has become of their tests; but with its host ends its child, and says nothing. */
  #neverEnded(): string[] {
    const killed = this.#killedHosts();
    const open = new Map<string, string>();
    for (const line of this.#lines) {
      if (line.event !== 'serves' && line.event !== 'has served') continue;
      const key = `${line.host} ${line.id}`;
      if (line.event === 'has served') open.delete(key);
      else if (!killed.has(line.host))
        open.set(key, `${line.session} is never ended on host ${line.host} of ${line.machine}`);
    }
    return [...open.values()];
  }

  #killedHosts(): ReadonlySet<number> {
    const killed = new Set<number>();
    for (const { fault, from } of windowsIn(this.#lines)) {
      for (const [host, { shard }] of this.#own)
        if ((kills(fault) || fault.how === 'host') && fault.shards?.includes(shard) === true) killed.add(host);
      if (fault.how !== 'machine' && fault.how !== 'offering host') continue;
      const offered = this.#lines
        .slice(0, from)
        .findLast((line): line is Offers => line.event === 'offers' && line.machine === fault.machine);
      if (offered !== undefined) killed.add(offered.host);
    }
    return killed;
  }

  /** It is answered by the host that has it, which is that of its run, or one that offers. */
  #answersOfOthers(): string[] {
    const served = new Set(
      this.#lines.flatMap((line) => (line.event === 'serves' ? [`${line.session} ${line.host} ${line.machine}`] : [])),
    );
    return this.#lines.flatMap((line, at) => {
      if (line.event !== 'has') return [];
      const { session, host, machine, shard } = line;
      const where = `line ${at + 1}: ${session} is answered by host ${host} of ${machine}`;
      if (!served.has(`${session} ${host} ${machine}`)) return [`${where}, which does not serve it`];
      const owner = this.#own.get(host);
      if (owner === undefined ? this.#offering.get(host)?.machine === machine : owner.shard === shard) return [];
      return [`${where}, which is no host for ${shard}`];
    });
  }

  /** What was not given back was lost, and its test has failed with that. */
  #lossesUnseen(): string[] {
    const windows = windowsIn(this.#lines);
    const silent = new Set(windows.flatMap(({ fault }) => (kills(fault) ? (fault.shards ?? []) : [])));
    const alone = new Set(windows.flatMap(({ fault }) => (fault.how === 'host' ? (fault.shards ?? []) : [])));
    const failures = new Map<string, Failed>();
    for (const line of this.#lines) if (line.event === 'fails') failures.set(testOf(line), line);
    return [...this.#has.values()].flatMap((has) => {
      const { session, shard, test, host, machine } = has;
      if (this.#left.has(session) || silent.has(shard)) return [];
      const { codes = [], words = [] } = failures.get(testOf(has)) ?? {};
      const lost = words.filter((_, number) => codes[number] === 'HUB_LOST');
      const place = alone.has(shard) ? '' : (this.#offering.get(host)?.place ?? '');
      if (lost.some((one) => one.includes(place))) return [];
      const of = `test ${test} of ${shard} has lost ${session} on ${machine}, and has not failed with HUB_LOST`;
      return [place === '' ? of : `${of} of ${place}`];
    });
  }

  #namedNotLost(): string[] {
    return windowsIn(this.#lines).flatMap(({ fault: { how, session, machine, lasts = Infinity }, from }) => {
      if (session === undefined) return [];
      const has = this.#has.get(session);
      const at = `${how} in line ${from + 1}`;
      if (has === undefined || has.machine !== machine || !this.#offering.has(has.host))
        return [`${at} names ${session}, which no test has had there`];
      if (!this.#left.has(session) || lasts < longestSilence) return [];
      return [`${session} was not lost with ${at}`];
    });
  }

  /** Else all the rest shows nothing. */
  #noneElsewhere(): string[] {
    const elsewhere = [...this.#has.values()].some(({ machine, shard }) => machine !== this.#machines.get(shard));
    return elsewhere ? [] : ['no session was had on another machine'];
  }
}

function testOf({ shard, test }: { readonly shard: string; readonly test: number }): string {
  return `${shard} ${test}`;
}

/** The host of one machine is lost for a shard on another. */
function parts({ how, machine }: Fault, offering: string, here: string | undefined): boolean {
  if (how === 'cut') return (machine === offering) !== (machine === here);
  return (how === 'machine' || how === 'offering host') && machine === offering;
}
