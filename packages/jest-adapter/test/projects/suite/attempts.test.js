const { withPools } = require('@carpool/jest');

const test = withPools();
const ids = [];

describe('retries', () => {
  jest.retryTimes(2);
  const attempts = [];

  test('every retry has a new session', async ({ echo }) => {
    expect(await echo.request({ type: 'get' })).not.toHaveProperty('value');
    await echo.request({ type: 'set', value: true });
    attempts.push(echo.id);
    ids.push(echo.id);
    if (attempts.length < 3) throw new Error('once more');
    expect(new Set(attempts).size).toBe(3);
  });

  afterAll(() => jest.retryTimes(0));
});

test.failing('a test that is meant to fail gives its session back', async ({ echo }) => {
  ids.push(echo.id);
  expect(await echo.request({ type: 'get' })).toHaveProperty('value');
});

test.each([
  [1, 'one'],
  [2, 'two'],
])('rows come first, then the fixtures: %i is %s', async (number, word, { echo }) => {
  ids.push(echo.id);
  expect(await echo.request({ type: 'set', value: word.length + number })).toMatchObject({ value: 3 + number });
});

test.each`
  a    | b
  ${1} | ${2}
`('so do the rows of a template: $a, $b', async ({ a, b }, { echo }) => {
  ids.push(echo.id);
  expect(a + b).toBe(3);
});

describe.each(['first', 'second'])('in a table of suites: %s', (value) => {
  test('tests have their sessions', async ({ echo }) => {
    ids.push(echo.id);
    expect(await echo.request({ type: 'set', value })).toMatchObject({ value });
  });
});

test('compiled functions have them too', async function () {
  const { echo } = arguments[0];
  ids.push(echo.id);
  expect(echo.pool).toBe('echo');
});

test('a generator function is refused where it is written', () => {
  expect(() => test('never', function* () {})).toThrow(/make it an async function/);
});

test.skip('a test that is skipped wants nothing', async ({ echo }) => echo.request({ type: 'get' }));
test.todo('a test that is not written wants nothing');

test('nothing of them is left', async ({ echo }) => {
  expect(ids.length).toBe(3 + 1 + 2 + 1 + 2 + 1);
  expect(new Set(ids).size).toBe(ids.length);
  const { sessions } = await echo.request({ type: 'who' });
  for (const id of ids) expect(sessions).not.toContain(id);
});
