// Writes the table of the contract into the guide; a test fails while they differ.
//
//   pnpm --filter @carpool/plushie document
import { writeFileSync } from 'node:fs';
import { page, pageWithTable } from './table.ts';

writeFileSync(page, pageWithTable());
