/**
 * A child that answers every message with itself: its session and id are those of the request. It looks at nothing and
 * writes what it has read in one piece, so that nearly all of the time is the way there and back.
 */
process.stdin.pipe(process.stdout);
