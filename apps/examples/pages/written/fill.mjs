import { joinSession } from 'carpool/join';

const session = await joinSession();
process.argv.slice(2).forEach((value, at) => session.send({ type: 'set', cell: `A${at + 1}`, value: Number(value) }));
const { value } = await session.request({ type: 'sum', column: 'A' });
console.log(value);
await session.unregister();
