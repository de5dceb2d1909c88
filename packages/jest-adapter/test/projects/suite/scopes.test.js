const { register, withPools } = require('@carpool/jest');

const shared = withPools({ scope: { echo: 'file' } });
const before = register('echo', { scope: 'file' });
let all;
let refused;
let each;
let first;
const ended = [];

beforeAll(async () => {
  all = await register('echo', { scope: 'file' });
  refused = await register('echo').catch((error) => error);
});

beforeEach(async () => {
  each = await register('echo');
  await each.request({ type: 'set', value: 'before' });
});

afterEach(async () => {
  expect(await each.request({ type: 'get' })).toMatchObject({ value: 'before' });
  ended.push(each.id);
});

afterAll(async () => {
  const { sessions } = await all.request({ type: 'who' });
  for (const id of ended) expect(sessions).not.toContain(id);
  expect(sessions).toContain(all.id);
});

test('what hooks of a test register is its own', async () => {
  expect(ended).not.toContain(each.id);
  expect(await each.request({ type: 'get' })).toMatchObject({ value: 'before' });
});

test('what `beforeAll` registers for the file lives as long', async () => {
  expect(await all.request({ type: 'set', value: 'kept' })).toMatchObject({ value: 'kept' });
  expect((await before).id).not.toBe(all.id);
});

test('`beforeAll` must name a scope', () => {
  expect(refused).toBeInstanceOf(Error);
  expect(refused.message).toMatch(
    /no test is running here; in `beforeAll`.* write `register\('echo', { scope: 'file' }\)`/,
  );
});

shared('a file may share one session', async ({ echo }) => {
  first = echo.id;
  await echo.request({ type: 'set', value: 'shared' });
});

shared('it is the same in every test of the file', async ({ echo, carpool: more }) => {
  expect(echo.id).toBe(first);
  expect(await echo.request({ type: 'get' })).toMatchObject({ value: 'shared' });
  expect((await more.echo.register()).id).not.toBe(first);
});

test('a function that takes `done` knows its test', (done) => {
  const check = (session) => expect(session.id).not.toBe(each.id);
  register('echo').then(check).finally(done);
});

test('a generator is refused, because its calls cannot be followed', function* () {
  const error = yield register('echo').catch((thrown) => thrown);
  expect(error.message).toMatch(/generator/);
});
