const { register, withPools } = require('@carpool/jest');

const test = withPools();

test('modules that are reset go on with the same sessions', async ({ echo }) => {
  await echo.request({ type: 'set', value: 1 });
  jest.resetModules();
  const again = require('@carpool/jest');
  expect(again.register).not.toBe(register);
  const second = await again.register('echo');
  expect(second.id).not.toBe(echo.id);
  expect(await echo.request({ type: 'get' })).toMatchObject({ value: 1 });
});

test('and so do modules in isolation', async ({ echo }) => {
  let isolated;
  jest.isolateModules(() => (isolated = require('@carpool/jest')));
  const second = await isolated.register('echo');
  expect(second.id).not.toBe(echo.id);
  await expect(isolated.register('ecko')).rejects.toThrow(/Unknown pool "ecko"/);
});
