// Goes neither at the end of its input nor for SIGTERM.
import { serve } from './talk.mjs';

process.on('SIGTERM', () => {});
setInterval(() => {}, 1e6);
serve();
