// Exits before a message can reach it.
process.stderr.write('cannot find the licence file\n');
process.exitCode = 3;
