// Gone before anybody could talk to it.
process.stderr.write('cannot find the licence file\n');
process.exitCode = 3;
