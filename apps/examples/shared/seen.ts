/** Reports to ../shared.test.ts, which runs these suites, what no single test can see. Leave it out of a copy. */
import { appendFileSync } from 'node:fs';

export function seen(what: string, value: unknown): void {
  const file = process.env['SEEN'];
  if (file !== undefined) appendFileSync(file, `${JSON.stringify({ what, value })}\n`);
}
