// Reads and writes nothing for --delay=300 milliseconds, then behaves well.
import { number, serve } from './talk.mjs';

setTimeout(serve, number('delay', 300));
