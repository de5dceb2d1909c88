const { register } = require('@carpool/jest');
const { currentTest, look } = require('./observer.cjs');

/** In another turn of the event loop: what else runs side by side goes on meanwhile. */
const later = () => new Promise((resolve) => setImmediate(resolve));

look('top level');
beforeAll(() => void look('beforeAll'));
afterAll(() => void look('afterAll'));

describe('one after another', () => {
  const seen = [];

  beforeEach(() => void seen.push(look('beforeEach')));
  afterEach(() => expect(look('afterEach')).toBe(seen.shift()));

  test.each([1, 2])('a test and its hooks have one owner (%s)', async () => {
    const own = look('test');
    await later();
    expect([...seen, look('later')]).toEqual([own, own]);
  });
});

const attempts = [];
jest.retryTimes(2);

test('every attempt has its own owner', async () => {
  await later();
  attempts.push(look('attempt'));
  expect(new Set(attempts).size).toBe(3);
});

describe('side by side', () => {
  const seen = new Set();

  test.concurrent.each([1, 2, 3, 4, 5, 6, 7])('each has its own owner (%s)', async () => {
    const own = look('concurrent');
    expect(seen.has(own)).toBe(false);
    seen.add(own);
    for (let times = 0; times < 3; times += 1) {
      await later();
      expect(look('concurrent')).toBe(own);
    }
  });
});

const next = Promise.withResolvers();
let own = '';
let late;

test('a call that outlives its test belongs to it', () => {
  own = look('test');
  late = next.promise.then(() => look('late'));
});

test('the next test has begun', async () => {
  next.resolve();
  expect(await late).toBe(own);
  expect(currentTest().worker().path).toEqual([]);
});

test('a test holds its sessions and all else as one', async () => {
  const session = await register('echo');
  await session.request({ type: 'set', value: 1 });
  await currentTest().test().end();
  expect(session.closeReason).toMatchObject({ by: 'owner' });
});

test('a generator cannot be followed', function* () {
  expect(look('generator')).toMatch(/LEASE_INVALID.*make it an async function/);
  yield later();
});

test('must fail: it says what the file knows', () => {
  expect(1).toBe(2);
});
