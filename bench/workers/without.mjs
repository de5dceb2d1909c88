// An isolated test file that knows nothing of Carpool. It waits for something too.
import { setImmediate } from 'node:timers/promises';

await setImmediate();
