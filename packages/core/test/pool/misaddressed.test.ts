// What goes wrong between a protocol and its child is said where it shows: expected and came, strays, what a function threw.
import { describe, expect, test } from 'vitest';
import { sessionField } from '../../src/protocol/session-field.ts';
import type { Protocol } from '../../src/protocol/protocol.ts';
import { summaryLines } from '../../src/main-process/summary.ts';
import { failure } from '../support/failure.ts';
import { serve } from '../support/hubs.ts';
import { pool, program, programProtocol } from '../support/pools.ts';

const base = sessionField(programProtocol);
const quiet = { warn: (): void => {} };

/** A mistake such as any protocol may hold. */
function mistake(): never {
  return (undefined as unknown as { x: never }).x;
}

describe('an exchange whose `expect` is not what the child says', () => {
  const close = { send: { type: 'reset' }, expect: { type: 'close' } };

  test('`close` says what was expected and what came, and the summary counts such ends', async () => {
    const echoes = pool('echo', { protocol: { ...programProtocol, close }, closeTimeout: 1_500 });
    const session = await echoes.register({ holder: { test: 'cart › adds', file: 'cart.test.ts' } });
    const error = await failure(session.unregister(), 'REQUEST_TIMEOUT');
    expect(error.message).toMatch(
      /within 1500 ms, so its slot is not used again; expected \{type: "close"\} \(`close\.expect`\), and \{type: "closed", session: "s1"\} came/,
    );
    await failure((await echoes.register()).unregister(), 'REQUEST_TIMEOUT');
    const [line, warning] = summaryLines([echoes.stats()]);
    expect(line).toContain('2 sessions');
    expect(warning).toMatch(
      /^carpool: warning: echoes: the child did not confirm the end of 2 sessions; the first was session s1 of "cart › adds" \(cart\.test\.ts\): not within 1500 ms; expected \{type: "close"\} \(`close\.expect`\), and \{type: "closed", session: "s1"\} came$/,
    );
    echoes.countAnew();
    expect(summaryLines([echoes.statsOfRun()])).toEqual([]);
  });

  test('through a host the time is the one of the pool', async () => {
    const served = await serve({
      echoes: program('echo', { protocol: { ...programProtocol, close }, closeTimeout: 1_500 }),
    });
    const session = await (await served.connect()).register('echoes');
    const error = await failure(session.unregister(), 'REQUEST_TIMEOUT');
    expect(error.message).toMatch(
      /within 1500 ms.*expected \{type: "close"\} \(`close\.expect`\), and \{type: "closed"/,
    );
  });

  test('`open` says it, too', async () => {
    const open = { send: { type: 'say', messages: [] }, expect: { type: 'opened' } };
    const echoes = pool('says-on-request', { protocol: { ...programProtocol, open }, openTimeout: 50 });
    const error = await failure(echoes.register(), 'SESSION_FAILED');
    expect(error.message).toMatch(/within 50 ms; expected \{type: "opened"\} \(`open\.expect`\), and nothing came/);
  });

  test('a hello that is another one is not waited for three times', async () => {
    const hello = { send: { type: 'settings' }, expect: { type: 'welcome' } };
    const echoes = pool('echo', { protocol: { ...programProtocol, hello }, helloTimeout: 2_000 });
    await failure(echoes.register(), 'CHILD_NO_HELLO');
    const error = await failure(echoes.register(), 'POOL_GAVE_UP');
    expect(error.message).toMatch(/because what it said was not the hello that the protocol expects/);
    expect((error.cause as Error).message).toMatch(
      /expected \{type: "welcome"\} \(`hello\.expect`\), and \{type: "hello".* came/,
    );
    expect(echoes.stats()).toMatchObject({ children: 1 });
  });
});

test('the summary counts no child that could not be started', async () => {
  const echoes = pool('echo', { command: 'no-such-program' });
  for (let n = 0; n < 3; n++) await failure(echoes.register(), 'CHILD_NOT_STARTED');
  expect(summaryLines([echoes.stats()])).toEqual(['carpool: echoes: no child could be started, in 3 attempts']);
});

describe('a reply that reaches no request', () => {
  const rows = [
    {
      name: 'without its session',
      messages: [{ type: 'reply', id: 'c1' }],
      stray:
        '← {type: "reply", id: "c1"} (a reply of which `route` names no session, and no request outside them waits for "c1")',
    },
    {
      name: 'for a session that is not there',
      messages: [{ type: 'reply', session: 'page-3', id: 'c1' }],
      stray: '← {type: "reply", session: "page-3", id: "c1"} (for session "page-3", which is not open)',
    },
    {
      name: 'with another id',
      messages: [{ type: 'reply', session: 's1', id: 'x' }],
      stray: '← {type: "reply", session: "s1", id: "x"} (a reply to "x", for which no request of its session waits)',
    },
  ];

  test.each(rows)('$name is shown by the request that times out', async ({ messages, stray }) => {
    const echoes = pool('says-on-request');
    const session = await echoes.register();
    const error = await failure(session.request({ type: 'say', messages }, { timeout: 1_500 }), 'REQUEST_TIMEOUT');
    expect(error.message).toContain(
      `--- what no session took ---\n  │ ${stray}\n  │ session s1 waits for a reply under the key "c1"`,
    );
    expect(echoes.stats()).toMatchObject({ strays: 1, lastStrays: [stray] });
  });

  test('through a host', async () => {
    const served = await serve({ echoes: program('says-on-request') });
    const session = await (await served.connect()).register('echoes');
    const messages = [{ type: 'reply', id: 'c1' }];
    const error = await failure(session.request({ type: 'say', messages }, { timeout: 1_500 }), 'REQUEST_TIMEOUT');
    expect(error.message).toContain('(a reply of which `route` names no session');
    expect(error.message).toContain('│ session s1 waits for a reply under the key "c1"');
  });

  test('those that are kept are few', async () => {
    const echoes = pool('says-on-request');
    const session = await echoes.register();
    session.send({ type: 'say', messages: Array.from({ length: 50 }, (_, n) => ({ type: 'event', session: 'x', n })) });
    await session.request({ type: 'query' });
    const { strays, lastStrays } = echoes.stats();
    expect(strays).toBe(50);
    expect(lastStrays.map((line) => /n: (\d+)/.exec(line)?.[1])).toEqual([
      '42',
      '43',
      '44',
      '45',
      '46',
      '47',
      '48',
      '49',
    ]);
  });
});

describe('a function of the protocol that throws', () => {
  const made = (part: Partial<Protocol>): Parameters<typeof pool>[1] => ({ protocol: { ...base, ...part } });

  test('`route`: the message is lost, and the child and its other messages are not', async () => {
    const warnings: string[] = [];
    const route: Protocol['route'] = (frame) => {
      return frame.fields(['type'])['type'] === 'odd' ? mistake() : base.route(frame);
    };
    const echoes = pool('says-on-request', made({ route }), { warn: (message) => warnings.push(message) });
    const session = await echoes.register();
    session.send({ type: 'say', messages: [{ type: 'odd', session: 's1' }, { type: 'odd' }] });
    expect(await session.request({ type: 'query' })).toMatchObject({ session: 's1' });
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(
      /^pool "echoes": a message of the child was lost, because `route` of protocol "session-field" threw TypeError: .*\n {2}│ at .*mistake.*misaddressed\.test\.ts/,
    );
    const error = await failure(
      session.event(() => true, { timeout: 20 }),
      'REQUEST_TIMEOUT',
    );
    expect(error.message).toMatch(
      /← \{type: "odd", session: "s1"\} \(`route` of protocol "session-field" threw TypeError/,
    );
    expect(echoes.stats()).toMatchObject({ children: 1, failures: 0, strays: 2 });
  });

  /** Throws on what it must route while an exchange waits for it. */
  const routeThrows = (type: string): Protocol['route'] => {
    return (frame) => (frame.fields(['type'])['type'] === type ? mistake() : base.route(frame));
  };

  test('`route`, on the hello: the start fails at once', async () => {
    const error = await failure(
      pool('echo', made({ route: routeThrows('hello') }), quiet).register(),
      'PROTOCOL_FAILED',
    );
    expect(error.message).toMatch(
      /^Pool "echoes": `route` of protocol "session-field" threw TypeError: .*\n {2}│ at .*\n[^]*on the message \{type: "hello"/,
    );
  });

  test('`route`, on what `close` waits for: the end fails at once, and that of another session does not', async () => {
    const route: Protocol['route'] = (frame) => {
      const { type, session } = frame.fields(['type', 'session']);
      return type === 'closed' && session === 's1' ? mistake() : base.route(frame);
    };
    const late = { ...made({ route }), closeTimeout: 30_000 };
    const echoes = pool('echo', late, quiet);
    const [one, two] = [await echoes.register(), await echoes.register()];
    const error = await failure(one.unregister(), 'PROTOCOL_FAILED');
    expect(error.message).toMatch(/^`route` of protocol "session-field" threw TypeError/);
    await two.unregister();
    expect(echoes.stats()).toMatchObject({ unconfirmed: 1, quarantined: 1, children: 1 });
  });

  test('`route`, on an event: a request that waits goes on, and its evidence has the place of the mistake', async () => {
    const echoes = pool('says-on-request', made({ route: routeThrows('odd') }), quiet);
    const session = await echoes.register();
    const request = { type: 'say', messages: [{ type: 'odd', session: 's1' }] };
    const error = await failure(session.request(request, { timeout: 1_500 }), 'REQUEST_TIMEOUT');
    expect(error.evidence.strays).toEqual([
      expect.stringMatching(
        /^← \{type: "odd".*\(`route` of protocol .* threw TypeError: .* at .*misaddressed\.test\.ts/,
      ),
      'session s1 waits for a reply under the key "c1"',
    ]);
  });

  test.each([
    ['hello', { hello: async () => mistake() }],
    ['open', { open: async () => mistake() }],
  ] as const)('`%s` fails the register', async (name, part) => {
    const echoes = pool('echo', made(part));
    const error = await failure(echoes.register(), 'PROTOCOL_FAILED');
    expect(error.blame).toBe('protocol');
    expect(error.message).toMatch(`\`${name}\` of protocol "session-field" threw TypeError: `);
    expect(error.message).toMatch(/\n {2}│ at .*misaddressed\.test\.ts/);
    expect(error.message).not.toContain('stdout');
  });

  test('`close` fails the unregistering, also through a host', async () => {
    const part = made({ open: (port) => ({ wireId: port.freshId, close: async () => mistake() }) });
    const echoes = pool('echo', part);
    const local = await failure((await echoes.register()).unregister(), 'PROTOCOL_FAILED');
    const served = await serve({ echoes: program('echo', part) });
    const remote = await failure((await (await served.connect()).register('echoes')).unregister(), 'PROTOCOL_FAILED');
    for (const { message } of [local, remote]) {
      expect(message).toMatch(
        /^`close` of protocol "session-field" threw TypeError: .*\n {2}│ at .*misaddressed\.test\.ts/,
      );
    }
    expect(echoes.stats().firstUnconfirmed).toMatch(/^session s1: `close` of protocol/);
  });

  test('`address` fails the call', async () => {
    const address: Protocol['address'] = (outgoing) =>
      outgoing.kind === 'request' ? mistake() : base.address(outgoing);
    const session = await pool('echo', made({ address }), quiet).register();
    const error = await failure(session.request({ type: 'query' }), 'PROTOCOL_FAILED');
    expect(error.message).toContain('`address` of protocol "session-field" threw TypeError');
    expect(error.stack).toContain('misaddressed.test.ts');
  });

  test('what a protocol has to say is no mistake of it', async () => {
    const close = async (): Promise<void> => {
      throw new Error('the child said: still busy');
    };
    const session = await pool('echo', made({ open: (port) => ({ wireId: port.freshId, close }) })).register();
    const error = await failure(session.unregister(), 'SESSION_FAILED');
    expect(error.message).toContain('the child said: still busy');
  });
});

test('a refusal shows the messages of its session, the refusal too', async () => {
  const session = await pool('steps').register();
  const error = await failure(session.request({ type: 'refuse' }), 'SESSION_REFUSED');
  expect(error.evidence.messages?.at(-1)).toMatch(/^← .*"refusal"/);
});
