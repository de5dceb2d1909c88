// A banner where messages belong, before the hello.
import { serve } from './talk.mjs';

process.stdout.write('Welcome to Prints 1.0!\n');
serve();
