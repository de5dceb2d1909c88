// Reads nothing and says nothing for --delay=300 milliseconds, then is as good as any.
import { number, serve } from './talk.mjs';

setTimeout(serve, number('delay', 300));
