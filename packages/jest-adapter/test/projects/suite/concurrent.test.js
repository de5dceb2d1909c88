const { register, withPools } = require('@carpool/jest');

const test = withPools();
const ids = new Set();
const narrow = [];

test('a test before them gets its slot', async ({ narrow: session }) => {
  narrow.push(session.id);
});

test.concurrent.each([1, 2, 3, 4])(
  'concurrent tests have a session each, at the same time (%i)',
  async (value, { echo }) => {
    await echo.request({ type: 'set', value });
    await echo.request({ type: 'wait', all: 4 });
    expect(await echo.request({ type: 'get' })).toMatchObject({ value });
    expect(ids).not.toContain(echo.id);
    ids.add(echo.id);
  },
);

test.concurrent('they take turns where there is one slot (1)', async ({ narrow: session }) => {
  narrow.push(session.id);
});

test('and so does a test between them', async ({ narrow: session }) => {
  narrow.push(session.id);
});

test.concurrent('they take turns where there is one slot (2)', async ({ carpool: more }) => {
  const session = await more.narrow.register();
  narrow.push(session.id);
});

globalThis.test.concurrent("Jest's own `test` knows the test of each call", async () => {
  const session = await register('echo');
  await session.request({ type: 'set', value: 5 });
  expect(await session.request({ type: 'get' })).toMatchObject({ value: 5 });
});

test('nothing of them is left', async ({ echo }) => {
  const { sessions } = await echo.request({ type: 'who' });
  for (const id of ids) expect(sessions).not.toContain(id);
  expect(new Set(narrow).size).toBe(narrow.length);
});
