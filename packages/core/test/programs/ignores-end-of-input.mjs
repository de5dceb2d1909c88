// Stays at the end of its input; goes for SIGTERM.
import { serve } from './talk.mjs';

setInterval(() => {}, 1e6);
serve();
