// A renderer whose messages come from a test: joins its stdin and stdout to a socket. `node relay.mjs PORT`
import { connect } from 'node:net';

const socket = connect(Number(process.argv[2]), '127.0.0.1');
process.stdin.pipe(socket);
socket.pipe(process.stdout);
