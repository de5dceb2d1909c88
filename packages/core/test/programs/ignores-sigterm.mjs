// Exits at the end of its input, but ignores SIGTERM.
import { serve } from './talk.mjs';

process.on('SIGTERM', () => {});
serve();
