/** The process of one row: `main.ts` forks it with the row's id, and it sends back the results. */
import type { Row } from './row.ts';

const [, , id, flag] = process.argv;
const { default: row } = (await import(`./rows/${id}.ts`)) as { readonly default: Row };
const measured = await row({ quick: flag === '--quick' });
process.send?.(measured);
process.disconnect?.();
