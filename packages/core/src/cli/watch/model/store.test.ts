import { expect, test } from 'vitest';
import { Store } from './store.ts';

test('a store tells of changes, and of nothing else', () => {
  const store = new Store();
  let changes = 0;
  const end = store.listen(() => changes++);
  store.dispatch({ type: 'section', to: 'pools' });
  store.dispatch({ type: 'messages', body: { messages: [] } });
  expect(changes).toBe(1);
  end();
  store.dispatch({ type: 'section', to: 'runs' });
  expect(changes).toBe(1);
});
