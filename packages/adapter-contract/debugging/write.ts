// Writes the outputs of docs/debugging.md: runs the shop in the three runners. The suite fails while they differ.
//
//   pnpm --filter @carpool/adapter-contract document:debugging
import { writeFileSync } from 'node:fs';
import layOutHome from '../home.ts';
import { runners } from '../runners/all.ts';
import { page, pageWith } from './page.ts';
import { runShop } from './shop.ts';

layOutHome();
const shown = await Promise.all(
  runners.map(async (runner) => ({ runner: runner.name, excerpts: (await runShop(runner)).excerpts })),
);
writeFileSync(page, pageWith(shown));
