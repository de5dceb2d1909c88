// Started by forks-grandchild: never reads its input, holds stdout open, prints its pid on stderr.
if (process.argv.includes('--stubborn')) process.on('SIGTERM', () => {});
setInterval(() => {}, 1e6);
process.stderr.write(`grandchild ${process.pid}\n`);
