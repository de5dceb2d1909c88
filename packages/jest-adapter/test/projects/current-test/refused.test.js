require('./observer.cjs');

test('must fail: one', () => {});
test.concurrent('must fail: two', async () => {});
test('must fail: three', function* () {
  yield 1;
});
