import { Frame, json, type Outgoing } from 'carpool/protocol';
import { expect, test } from 'vitest';
import { Calls, keyOf, routeOf, unanswered } from './calls.ts';

const outgoing = (kind: Outgoing['kind'], message: object, wireId = 's1', key?: string): Outgoing => ({
  kind,
  frame: Frame.of(message, json),
  wireId,
  call: 1,
  key,
  owns: () => true,
});
const replyTo = (id: number, rest: object): Frame => Frame.of({ jsonrpc: '2.0', id, ...rest }, json);

test('requests of all sessions have ids of their own, and a reply finds its session', () => {
  const calls = new Calls();
  const ids = ['s1', 's2'].map((session) => {
    const { frame } = calls.address(outgoing('request', { method: 'add', id: 1 }, session));
    return (frame.message as { id: number }).id;
  });
  expect(ids).toEqual([1, 2]);
  const reply = calls.reply(replyTo(2, { result: 3 }), 2);
  expect(reply).toMatchObject({ to: 's2', key: '2', unawaited: false });
  // With the id that the session has given it.
  expect(reply?.frame.message).toEqual({ jsonrpc: '2.0', id: 1, result: 3 });
  expect(calls.size).toBe(1);
});

test('a request that was sent without a wait gets its reply as an event', () => {
  const calls = new Calls();
  calls.address(outgoing('send', { method: 'add', id: 'mine' }));
  const reply = calls.reply(replyTo(1, { result: 3 }), 1)!;
  expect(routeOf(reply)).toMatchObject({ as: 'event', to: 's1' });
  expect(reply.frame.message).toMatchObject({ id: 'mine' });
});

test('an error refuses the request, with its code', () => {
  const calls = new Calls();
  calls.address(outgoing('request', { method: 'add' }));
  const reply = calls.reply(replyTo(1, { error: { code: -32_602, message: 'two numbers' } }), 1)!;
  expect(routeOf(reply)).toEqual({
    as: 'refusal',
    to: 's1',
    key: '1',
    refusal: { code: '-32602', message: 'two numbers' },
  });
});

test('an error that is null is none', () => {
  const calls = new Calls();
  calls.address(outgoing('request', { method: 'add' }));
  const reply = calls.reply(replyTo(1, { result: 3, error: null }), 1)!;
  expect(routeOf(reply)).toMatchObject({ as: 'reply', to: 's1', key: '1' });
});

test('a notification has no id, and a message without a method is refused', () => {
  const calls = new Calls();
  expect(calls.address(outgoing('send', { method: 'log' })).frame.message).toEqual({ jsonrpc: '2.0', method: 'log' });
  expect(() => calls.address(outgoing('request', { type: 'add' }))).toThrow(/needs a `method`/);
  expect(calls.size).toBe(0);
});

test.each([7, '7', 'a'])('the answer to question %j carries its id, with its type', (id) => {
  const { frame } = new Calls().address(outgoing('answer', { result: null }, 's1', keyOf(id)));
  expect(frame.message).toEqual({ jsonrpc: '2.0', id, result: null });
});

test('a question without an answer gets the error for an unknown method, or what is given here', () => {
  const question = { wireId: 's1', key: keyOf(7), frame: replyTo(7, {}), format: json, reason: 'nothing answers it' };
  expect(unanswered(question, undefined).message).toEqual({
    jsonrpc: '2.0',
    id: 7,
    error: { code: -32_601, message: 'nothing answers it' },
  });
  expect(unanswered(question, null).message).toEqual({ jsonrpc: '2.0', id: 7, result: null });
});

test('what a session leaves without a reply is forgotten with it', () => {
  const calls = new Calls();
  calls.address(outgoing('request', { method: 'a' }, 's1'));
  calls.address(outgoing('request', { method: 'a' }, 's2'));
  calls.forget('s1');
  expect(calls.size).toBe(1);
  expect(calls.reply(replyTo(1, { result: 1 }), 1)).toBeUndefined();
});
