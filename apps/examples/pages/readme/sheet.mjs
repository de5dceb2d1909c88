import { createInterface } from 'node:readline';

const sheets = new Map(); // by their sessions
const say = (message) => console.log(JSON.stringify(message));

for await (const line of createInterface({ input: process.stdin })) {
  const { session, id, type, cell, value, column } = JSON.parse(line);
  const sheet = sheets.get(session) ?? new Map();
  sheets.set(session, sheet);
  const numbers = [...sheet].filter(([name]) => name.startsWith(column)).map(([, number]) => number);
  if (type === 'set') sheet.set(cell, value);
  else if (type === 'sum') say({ session, id, type: 'total', value: numbers.reduce((sum, one) => sum + one, 0) });
  else if (sheets.delete(session)) say({ session, type: 'closed' }); // `reset`
}
