// Reads everything and never writes, whatever the flags.
import { listen } from './talk.mjs';

listen(() => {});
