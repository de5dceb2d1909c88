const { withPools } = require('@carpool/jest');

const carpoolTest = withPools();
let id;

carpoolTest('an environment of its own has sessions', async ({ echo }) => {
  id = echo.id;
  expect(globalThis.mine).toBe('mine');
});

carpoolTest('and ends them', async ({ echo }) => {
  const { sessions } = await echo.request({ type: 'who' });
  expect(sessions).not.toContain(id);
});

test('every handler receives every event', () => {
  for (const heard of [globalThis.below, globalThis.above]) {
    for (const name of ['add_test', 'run_start', 'test_start', 'test_fn_start', 'test_done'])
      expect(heard).toContain(name);
  }
});
