// Ignores the end of its input and SIGTERM.
import { serve } from './talk.mjs';

process.on('SIGTERM', () => {});
setInterval(() => {}, 1e6);
serve();
