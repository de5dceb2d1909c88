// Reads everything and never says a word, whatever the flags.
import { listen } from './talk.mjs';

listen(() => {});
