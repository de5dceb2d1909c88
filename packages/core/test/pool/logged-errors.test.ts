// What a child does and says beside its replies: errors that it logs, what it works on, what it has answered last.
import { describe, expect, test } from 'vitest';
import { sessionField } from '../../src/protocol/session-field.ts';
import type { Protocol, WireId } from '../../src/protocol/protocol.ts';
import type { Session } from '../../src/session/types.ts';
import { failure } from '../support/failure.ts';
import { serve } from '../support/hubs.ts';
import { pool, program, programProtocol, until } from '../support/pools.ts';

interface Log {
  readonly type: string;
  readonly text: string;
  readonly session?: WireId;
  readonly quiet?: boolean;
}

/** Messages of type `log` are errors, and `busy` says what the child does. */
function logging(): Protocol {
  const protocol = sessionField({ ...programProtocol, labelFields: ['type', 'of.file', 'line'] });
  let busy: string | undefined;
  return {
    ...protocol,
    activity: (wireIds) => busy && `it works on ${busy} (${wireIds.join()})`,
    route(frame) {
      const { type, text, session, quiet } = frame.message as Log;
      if (type === 'busy') busy = text;
      if (type !== 'log') return protocol.route(frame);
      const logged = { message: text, warn: quiet !== true, advice: 'Turn it off so.' };
      return session === undefined ? { as: 'broadcast', to: [], logged } : { as: 'event', to: session, logged };
    },
  };
}

const options = { protocol: logging };

/** The child says these, and answers afterwards. */
async function say(session: Session, ...messages: readonly object[]): Promise<void> {
  session.send({ type: 'say', messages });
  await session.request({ type: 'query' });
}

describe('errors that the child logs', () => {
  test('are in the evidence of the session that they name, or of all, also of later ones; and a warning, once for each text', async () => {
    const warnings: string[] = [];
    const shared = pool('says-on-request', options, { warn: (message) => warnings.push(message) });
    const [one, two] = await Promise.all([shared.register(), shared.register()]);
    await say(
      one,
      { type: 'log', text: 'cannot read settings\n  at line 1' },
      { type: 'log', session: one.id, text: 'about one' },
      { type: 'log', session: one.id, text: 'about one' },
      { type: 'log', text: 'silent', quiet: true },
    );
    const all = ['cannot read settings\n  at line 1', 'about one', 'silent'];
    expect((await one.evidence()).logged).toEqual(all);
    expect((await two.evidence()).logged).toEqual([all[0], 'silent']);
    const before = [`${all[0]} (before this session)`, 'silent (before this session)'];
    expect((await (await shared.register()).evidence()).logged).toEqual(before);
    await until('both are told', () => warnings.length === 2);
    expect(warnings).toEqual([
      'pool "echoes": the child has logged an error: cannot read settings\n    at line 1\n  Turn it off so.',
      'pool "echoes": the child has logged an error: about one\n  Turn it off so.',
    ]);
    // It is an event all the same.
    expect(await one.event()).toMatchObject({ text: 'about one' });
    const { message } = await failure(
      two.event(() => true, { timeout: 20 }),
      'REQUEST_TIMEOUT',
    );
    expect(message).toContain(
      '--- errors that the child has logged ---\n  │ cannot read settings\n  │   at line 1\n  │ silent',
    );
  });

  test('are bounded: five warnings, the last eight as evidence, a thousand characters of each', async () => {
    const warnings: string[] = [];
    const shared = pool('says-on-request', options, { warn: (message) => warnings.push(message) });
    const session = await shared.register();
    await say(session, ...Array.from({ length: 20 }, (_, at) => ({ type: 'log', text: `${at} ${'x'.repeat(2_000)}` })));
    await until('five are told', () => warnings.length >= 5);
    expect(warnings).toHaveLength(5);
    expect(warnings.at(-1)).toMatch(/Others that it logs are in the evidence of failing tests alone$/);
    const { logged = [] } = await session.evidence();
    expect(logged.map((text) => text.split(' ')[0])).toEqual(['12', '13', '14', '15', '16', '17', '18', '19']);
    expect(Math.max(...logged.map((text) => text.length))).toBe(1_001);
    // A new run is warned anew.
    shared.countAnew();
    await say(session, { type: 'log', text: 'of the next run' });
    await until('the next is told', () => warnings.length === 6);
  });

  test('are no warning where the child was asked to end', async () => {
    const warnings: string[] = [];
    const heard = Promise.withResolvers<unknown>();
    const protocol = (): Protocol => ({
      ...logging(),
      async goodbye(root) {
        root.send({ type: 'say', messages: [{ type: 'log', text: 'my input has ended' }, { type: 'over' }] });
        heard.resolve(await root.next((message) => (message as Log).type === 'over'));
      },
    });
    const shared = pool('says-on-request', { protocol }, { warn: (message) => warnings.push(message) });
    await (await shared.register()).unregister();
    await shared.close();
    expect(await heard.promise).toMatchObject({ type: 'over' });
    expect(warnings).toEqual([]);
  });

  test('are shown where the child dies, and through a host', async () => {
    const served = await serve({ echoes: program('says-on-request', options) });
    const session = await (await served.connect()).register('echoes');
    await say(session, { type: 'log', text: 'out of memory soon', quiet: true });
    expect((await session.evidence()).logged).toEqual(['out of memory soon']);
    process.kill(served.pool().stats().pids[0] ?? 0, 'SIGKILL');
    const { error } = await session.closed;
    expect(error?.code).toBe('CHILD_EXITED');
    expect(error?.evidence.logged).toEqual(['out of memory soon']);
  });
});

describe('a request without an answer', () => {
  /** The child says nothing at all. */
  const hang = { type: 'say', messages: [], of: { file: 'src/a.ts' }, line: 7 };

  async function expectNamed(session: Session, other: Session): Promise<void> {
    await other.request({ type: 'query', of: { file: 'other.ts' } });
    await say(session, { type: 'busy', text: 'indexing' });
    const error = await failure(session.request(hang, { timeout: 20 }), 'REQUEST_TIMEOUT');
    expect(error.message).toMatch(/^No reply to "say" \(src\/a\.ts, 7\) within 20 ms in session /);
    const answered = `the last request that the child has answered is {type: "query"}, `;
    expect(error.evidence.activity).toMatch(/(?:^|; )it works on indexing \(s\d+\); /);
    expect(error.evidence.activity).toContain(answered);
    expect(error.evidence.activity).toMatch(/, \d+ ms ago$/);
    expect(error.message).toContain(`\n  ${error.evidence.activity}\n`);
  }

  test('is named by the fields that its protocol names; what the child does, and has answered last, is shown', async () => {
    const shared = pool('says-on-request', options);
    await expectNamed(await shared.register(), await shared.register());
  });

  test('likewise through a host', async () => {
    const served = await serve({ echoes: program('says-on-request', options) });
    const [one, two] = await Promise.all([served.connect(), served.connect()]);
    await expectNamed(await one.register('echoes'), await two.register('echoes'));
    await until('both are open', () => served.pool().stats().open === 2);
  });
});
