/** The relay of the suites in a process of its own, so that its processor time can be told. Ends with its parent. */
import { fileURLToPath } from 'node:url';
import { childFile, startRelay } from '../suites/by-hand.ts';

const { port, stop } = await startRelay(fileURLToPath(childFile));
process.on('disconnect', () => void stop().then(() => process.exit()));
process.send?.(port);
