// The same expectations in Node and in jsdom, as CommonJS and as ESM.
module.exports = (withPools) => {
  const test = withPools();

  test('values are created in the realm of the test', async ({ echo }) => {
    const value = { list: [1, { deep: null }], text: 'x' };
    const reply = await echo.request({ type: 'set', value });
    expect(reply.value).toStrictEqual(value);
    expect(reply).toBeInstanceOf(Object);
    expect(reply.value.list).toBeInstanceOf(Array);
    expect(echo.request({ type: 'get' })).toBeInstanceOf(Promise);
    const polluted = await echo.request({ type: 'set', value: JSON.parse('{"__proto__":{"a":1}}') });
    expect(polluted.value.a).toBeUndefined();
    expect(Object.keys(polluted.value)).toEqual(['__proto__']);
  });

  test('binary values and dates are, too', async ({ packed }) => {
    const value = {
      bytes: new Uint8Array([1, 2, 3]),
      when: new Date(86_400_000),
      names: new Map([['a', 1]]),
      big: 2n ** 60n,
    };
    const { value: back } = await packed.request({ type: 'set', value });
    expect(back.bytes).toBeInstanceOf(Uint8Array);
    expect(new Uint8Array(back.bytes)).toStrictEqual(value.bytes);
    expect(back.when).toStrictEqual(value.when);
    expect(back.big).toBe(value.big);
  });

  test('errors are created in the realm of the test, with the line of the call', async ({ echo, carpool }) => {
    const error = await echo.request({ type: 'silence' }, { timeout: 20 }).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ code: 'REQUEST_TIMEOUT', name: 'CarpoolError [REQUEST_TIMEOUT]' });
    expect(error.context).toStrictEqual({ session: echo.id, timeout: 20 });
    expect(error.stack).toMatch(/^CarpoolError \[REQUEST_TIMEOUT\]: No reply/);
    expect(error.stack.split('\n').find((line) => /^ +at /.test(line))).toMatch(/realm\.js:\d+/);
    await expect(echo.request({ type: 'silence' }, { timeout: 20 })).rejects.toThrow(Error);
    await expect(carpool.ecko.register()).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    await expect(carpool.ecko.register()).rejects.toBeInstanceOf(Error);
    const cyclic = {};
    cyclic.self = cyclic;
    const send = () => echo.send({ type: 'set', value: cyclic });
    expect(send).toThrow(Error);
    expect(send).toThrow(/cyclic|circular/i);
    try {
      send();
    } catch (thrown) {
      if (thrown.cause !== undefined) expect(thrown.cause).toBeInstanceOf(TypeError);
    }
  });

  test('reasons of signals come back as they are', async ({ echo, carpool }) => {
    const already = new AbortController();
    already.abort(new RangeError('too far'));
    await expect(echo.request({ type: 'get' }, { signal: already.signal })).rejects.toThrow(RangeError);
    const later = new AbortController();
    const waiting = echo.request({ type: 'silence' }, { signal: later.signal });
    later.abort(new RangeError('too far'));
    await expect(waiting).rejects.toThrow(RangeError);
    await carpool.narrow.register();
    const queued = new AbortController();
    const second = carpool.narrow.register({ signal: queued.signal });
    queued.abort(new RangeError('too long'));
    await expect(second).rejects.toThrow(RangeError);
  });

  test('events, steps and questions cross the realms', async ({ echo }) => {
    const events = [];
    await echo.request({ type: 'events', count: 3 });
    for await (const event of echo.events()) {
      events.push(event);
      if (events.length === 2) break;
    }
    events.push(await echo.event(({ number }) => number === 3));
    expect(events).toStrictEqual([1, 2, 3].map((number) => ({ session: echo.id, type: 'event', number })));
    const steps = [];
    const interaction = echo.interact({ type: 'steps', count: 2 });
    for await (const step of interaction) steps.push(step.number);
    expect(await interaction).toStrictEqual({ session: echo.id, id: expect.anything(), type: 'reply' });
    expect(steps).toEqual([1, 2]);
    echo.answer(async ({ type }) => ({ type: 'answer', value: `${type} answered` }));
    expect(await echo.request({ type: 'ask' })).toMatchObject({ value: 'question answered' });
    await echo.unregister();
    expect(await echo.closed).toMatchObject({ by: 'unregister' });
    await expect(echo.unregister()).rejects.toMatchObject({ code: 'SESSION_CLOSED' });
    expect((await echo.evidence()).messages).toBeInstanceOf(Array);
  });
};
