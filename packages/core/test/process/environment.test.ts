import { expect, test } from 'vitest';
import { childEnvironment, variable } from '../../src/process/environment.ts';

const ours = { PATH: '/bin', HOME: '/home/me', CARPOOL_TOKEN: 'secret', CARPOOL_ADDRESS: '/run/hub', EMPTY: undefined };

test('a child inherits everything but the variables of Carpool', () => {
  expect(childEnvironment({}, ours)).toEqual({ PATH: '/bin', HOME: '/home/me' });
});

test('a child inherits the listed variables only', () => {
  expect(childEnvironment({ inheritEnv: ['HOME', 'CARPOOL_TOKEN', 'OTHER'] }, ours)).toEqual({ HOME: '/home/me' });
});

test('a child inherits nothing where nothing is wanted', () => {
  expect(childEnvironment({ inheritEnv: false, env: { A: '1' } }, ours)).toEqual({ A: '1' });
});

test('`env` adds, replaces and takes away', () => {
  const env = { A: '1', PATH: '/opt', HOME: undefined };
  expect(childEnvironment({ env }, ours)).toEqual({ A: '1', PATH: '/opt' });
});

test('the token reaches no child, not even by `env: { ...process.env }`', () => {
  expect(childEnvironment({ inheritEnv: false, env: { ...ours } }, ours)).toEqual({ PATH: '/bin', HOME: '/home/me' });
});

test('a variable is found by its name', () => {
  expect(variable(ours, 'PATH')).toBe('/bin');
  expect(variable(ours, 'NONE')).toBeUndefined();
});
