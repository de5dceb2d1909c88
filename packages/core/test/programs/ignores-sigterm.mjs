// Goes at the end of its input, but not for SIGTERM.
import { serve } from './talk.mjs';

process.on('SIGTERM', () => {});
serve();
