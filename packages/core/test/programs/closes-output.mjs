// {type:'quiet'} makes it close its stdout and live on, at the end of its input too.
import { closeSync } from 'node:fs';
import { serve } from './talk.mjs';

setInterval(() => {}, 1e6);
serve({ quiet: () => closeSync(1) });
