// A banner where messages belong, before the hello. --banner=TEXT prints TEXT, without a newline. --unended says a hello
// at once, without the newline that ends it, and nothing more.
import { output, serve } from './talk.mjs';

const banner = process.argv.find((word) => word.startsWith('--banner='))?.slice('--banner='.length);
process.stdout.write(banner ?? 'Welcome to Prints 1.0!\n');
if (process.argv.includes('--unended')) {
  output.write(JSON.stringify({ type: 'hello' }));
  process.stdin.resume();
} else serve();
