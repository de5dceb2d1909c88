/** The process of one row: `main.ts` forks it with the row's file, and it sends back the results. */
import type { Row, RowMessage } from './row.ts';

const [, , file, flag] = process.argv;
const { default: row } = (await import(`./rows/${file}.ts`)) as { readonly default: Row };
const results = await row({ quick: flag === '--quick' });
process.send?.({ type: 'results', results } satisfies RowMessage);
process.disconnect?.();
