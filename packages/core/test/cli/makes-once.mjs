// Makes a value that is too large for a message, with the module that cleans up after it.
import { once } from 'carpool/coordination';

const [cleanup] = process.argv.slice(2);
const { name } = await once('db', () => ({ name: 'db1', data: new Uint8Array(300_000) }), { cleanup });
console.log(`made ${name}`);
