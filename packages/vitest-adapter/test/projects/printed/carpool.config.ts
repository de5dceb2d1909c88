import { defineConfig, server } from 'carpool';

/** What it prints comes with a request; its sessions carry no messages. */
const program = (print: string): string => `
  require('node:http').createServer((request, response) => {
    ${print};
    response.end();
  }).listen(+process.argv[1], '127.0.0.1');`;

const app = (print: string) => server({ command: process.execPath, args: ['-e', program(print), '{port}'] });

export default defineConfig({
  pools: {
    stdout: app("process.stdout.write('the server saw something odd\\\\n')"),
    stderr: app("process.stderr.write('the server saw something odd\\\\n')"),
    nothing: app(''),
  },
});
