// A worker of a run that wants a lock of the machine, holds it, and does not give it back.
import { lock } from '../../src/entry/coordination.ts';

setInterval(() => {}, 1_000);
console.log('asks');
await lock('db', { scope: 'machine' }).acquire();
console.log('holds');
