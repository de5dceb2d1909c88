// Ignores the end of its input; exits on SIGTERM.
import { serve } from './talk.mjs';

setInterval(() => {}, 1e6);
serve();
