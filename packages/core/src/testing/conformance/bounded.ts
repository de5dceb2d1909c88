/**
 * Deadlines of the suite. Whatever a pool waits for has one of its own; what the functions of the subject wait for need not,
 * and the runner's must come last, because it cannot say what was waited for.
 */
import { systemClock } from '../../base/clock.ts';
import { within } from '../../base/wait.ts';
import { poolSettings } from '../../pool/options.ts';
import { poolOptionsOf, type ProtocolSubject } from './subject.ts';

/** The longest that a timer of Node takes. */
const longest = 2 ** 31 - 1;

/** Longer than a request of the process: that it gets no reply is the better error. */
const grace = 5_000;

const talks = ['ask', 'change', 'large', 'slow'] as const satisfies (keyof ProtocolSubject)[];

/**
 * Milliseconds for the runner to give each test. Any of them may be the first, which waits for the process to start, and to
 * start again.
 */
export function testTimeoutOf(subject: ProtocolSubject): number {
  const settings = poolSettings('subject', poolOptionsOf(subject));
  const { helloTimeout, openTimeout, requestTimeout, closeTimeout, stopTimeout } = settings;
  return Math.min(longest, 5 * (helloTimeout + openTimeout + requestTimeout + closeTimeout + 4 * stopTimeout));
}

/** The same subject, whose functions fail if they do not come to an end. */
export function bounded(subject: ProtocolSubject): ProtocolSubject {
  const { requestTimeout } = poolSettings('subject', poolOptionsOf(subject));
  const timeout = requestTimeout + grace;
  const limited = talks.flatMap((name) => {
    const talk: ((...args: never[]) => unknown) | undefined = subject[name];
    if (talk === undefined) return [];
    const expired = (): Error =>
      new Error(
        `\`${name}\` was not over after ${Math.round(timeout)} ms, \`requestTimeout\` and ${grace}: it waits for what does not come`,
      );
    const call = async (...args: never[]): Promise<unknown> => await talk.apply(subject, args);
    return [[name, (...args: never[]) => within(call(...args), { clock: systemClock, timeout, expired })]];
  });
  return { ...subject, ...(Object.fromEntries(limited) as Partial<ProtocolSubject>) };
}
