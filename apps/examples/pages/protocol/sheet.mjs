// A spreadsheet as a process: JSON lines on stdin and stdout, a sheet for each session.
import { createInterface } from 'node:readline';

const sheets = new Map();
const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);

say({ type: 'ready', version: 2 });
for await (const line of createInterface({ input: process.stdin })) {
  const { session, id, type, cell, value, column } = JSON.parse(line);
  const sheet = sheets.get(session) ?? new Map();
  sheets.set(session, sheet);
  const numbers = () => [...sheet].filter(([name]) => name.startsWith(column)).map(([, number]) => number);
  switch (type) {
    case 'set':
      sheet.set(cell, value);
      say({ session, type: 'changed', cell });
      break;
    case 'sum':
      say({ session, id, type: 'total', value: numbers().reduce((sum, number) => sum + number, 0) });
      break;
    case 'walk':
      for (const number of numbers()) say({ session, id, type: 'visited', value: number });
      say({ session, id, type: 'walked', value: numbers().length });
      break;
    case 'convert':
      // It does not know the rate, asks for it, and replies when it has the answer.
      sheet.set('waiting', id);
      say({ session, id: 'q1', type: 'rate?', currency: 'EUR' });
      break;
    case 'rate':
      say({ session, id: sheet.get('waiting'), type: 'total', value });
      break;
    case 'divide':
      say({ session, id, type: 'error', code: 'zero', message: 'cannot divide by zero' });
      break;
    case 'overflow':
      sheets.delete(session);
      say({ session, type: 'gone', code: 'full', message: 'the sheet is full' });
      break;
    case 'reset':
      sheets.delete(session);
      say({ session, type: 'closed' });
      break;
    default:
      process.stderr.write(`unknown type ${type}\n`);
  }
}
