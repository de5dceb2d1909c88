import { expect } from 'vitest';
import type { Driver } from '../driver.ts';
import type { Program } from '../program.ts';

/** After all its patches the renderer has the very tree that the app would draw now. */
export async function expectShown<Model>(app: Driver<Model>, { view }: Program<Model>): Promise<void> {
  expect(await app.tree()).toEqual(view(app.model()));
}
