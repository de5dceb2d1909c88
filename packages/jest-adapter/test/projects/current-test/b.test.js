/** @jest-environment @carpool/jest/environment-jsdom */
const { look } = require('./observer.cjs');

beforeAll(() => void look('beforeAll'));
afterAll(() => void look('afterAll'));

test('a file in jsdom has what is around it too', () => {
  expect(look('test')).not.toBe('none');
});
