import { expect, test } from 'vitest';
import { checkNode } from './required-node.ts';

test('a Node that is too old is refused in a sentence, and this one is not', () => {
  const descriptor = Object.getOwnPropertyDescriptor(Promise, 'withResolvers') ?? {};
  Reflect.deleteProperty(Promise, 'withResolvers');
  try {
    expect(checkNode).toThrow(
      `Carpool needs Node 22.12 or newer, and this is Node ${process.versions.node}: run the tests with a newer one`,
    );
  } finally {
    Object.defineProperty(Promise, 'withResolvers', descriptor);
  }
  expect(checkNode).not.toThrow();
});
