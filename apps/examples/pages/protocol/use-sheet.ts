import { createPool } from 'carpool';
import { sheet } from './sheet.ts';

await using pool = createPool({ command: 'node', args: ['sheet.mjs'], protocol: sheet });
await using session = await pool.register();

session.send({ type: 'set', cell: 'A1', value: 2 });
const { cell } = (await session.event()) as { cell: string };

const walk = session.interact({ type: 'walk', column: 'A' });
for await (const step of walk) console.log(`${cell} holds ${step.value}`);
console.log(`visited ${(await walk).value}`);

session.answer((question) => ({ type: 'rate', value: question.type === 'rate?' ? 1.1 : 1 }));
console.log(`converts at ${(await session.request({ type: 'convert', column: 'A' })).value}`);
