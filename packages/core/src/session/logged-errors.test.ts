import { expect, test } from 'vitest';
import { FakeClock } from '../../test/support/clock.ts';
import type { Route, WireId } from '../protocol/protocol.ts';
import { LoggedErrors } from './logged-errors.ts';

const settles = 250;

function setUp() {
  const clock = new FakeClock();
  const warnings: string[] = [];
  const logged = new LoggedErrors(clock, ({ message }) => warnings.push(message));
  const log = (message: string, to?: WireId, warn?: boolean): void =>
    logged.take({ as: 'event', to, logged: { message, warn } });
  const refuse = (message: string): void => logged.take({ as: 'refusal', to: 's1', key: 'k', refusal: { message } });
  return { clock, warnings, logged, log, refuse };
}

test('an error is a warning as soon as it is known that no call has failed with it', () => {
  const { clock, warnings, logged, log, refuse } = setUp();
  log('no settings');
  log('only evidence', undefined, false);
  log('hover failed: no project');
  expect(warnings).toEqual([]);
  refuse('no project');
  clock.pass(settles);
  expect(warnings).toEqual(['no settings']);
  expect(logged.all()).toEqual(['no settings', 'only evidence']);
  // The other order.
  log('rename failed: no project');
  clock.pass(settles);
  expect(logged.all()).toEqual(['no settings', 'only evidence']);
  // Much later it is something else.
  refuse('no settings');
  expect(logged.all()).toContain('no settings');
  expect(clock.pending).toBe(0);
});

test('what the child logs at its end is no warning; what it has logged before is one at once', () => {
  const { clock, warnings, logged, log } = setUp();
  log('before');
  logged.mute();
  expect(warnings).toEqual(['before']);
  log('my input has ended');
  clock.pass(settles);
  expect(warnings).toEqual(['before']);
  expect(logged.all()).toEqual(['before', 'my input has ended']);
});

test('a session has those that name it or none, and of before the last three that name none', () => {
  const { logged, log } = setUp();
  for (const number of [1, 2, 3, 4]) log(`general ${number}`);
  log('about another', 's2');
  const mark = logged.total;
  log('about one', 's1');
  log('about another still', 's2');
  log('general 4');
  // One that comes again stands where it came last.
  expect(logged.forSession(mark, ['s1'])).toEqual([
    'general 1 (before this session)',
    'general 2 (before this session)',
    'general 3 (before this session)',
    'about one',
    'general 4',
  ]);
});

test('all is bounded', () => {
  const { clock, warnings, logged, log, refuse } = setUp();
  for (let number = 0; number < 100; number++) {
    log(`${number} ${'x'.repeat(2_000)}`);
    refuse(`refusal ${number}`);
  }
  expect(logged.all()).toHaveLength(8);
  expect(logged.all()[0]).toHaveLength(1_001);
  expect(clock.pending).toBe(8);
  clock.pass(settles);
  expect(warnings).toHaveLength(100);
  // One that is not kept any more.
  log('about refusal 1');
  expect(logged.all()).toContain('about refusal 1');
  const route: Route = { as: 'unknown' };
  logged.take(route);
  expect(logged.total).toBe(101);
});
