// The protocols of docs/protocol.md as pools of small programs, for the tests that run them in process and through a host.
// ../real has those of programs that are not written for the page.
import { defineConfig, type Config, type Messages, type PoolOptions } from 'carpool';
import { browser, nulJson } from './browser.ts';
import { jsonRpc } from './json-rpc.ts';
import { inTurn } from './one-at-a-time.ts';
import { replyField } from './reply-field.ts';
import { sheet } from './sheet.ts';

const script = (file: string): Pick<PoolOptions, 'command' | 'args'> => ({
  command: process.execPath,
  args: [`${import.meta.dirname}/${file}`],
});
const sheets = script('sheet.mjs');
const browsers = { ...script('browser.mjs'), codec: nulJson, protocol: browser, stdio: { in: 3, out: 4 } } as const;

type Name = 'sheet' | 'newerSheet' | 'replyField' | 'browser' | 'oneUseBrowser' | 'inTurn' | 'jsonRpc';

export const pools: Readonly<Record<Name, PoolOptions<Messages>>> = {
  sheet: { ...sheets, protocol: sheet },
  newerSheet: { ...sheets, protocol: { hello: { expect: { type: 'ready' }, version: { version: 3 } } } },
  replyField: { ...script('reply-field.mjs'), maxSessions: 1, protocol: replyField },
  browser: browsers,
  oneUseBrowser: { ...browsers, recycleAfter: 1 },
  jsonRpc: { ...script('json-rpc.mjs'), protocol: jsonRpc },
  inTurn: { ...sheets, protocol: inTurn(sheet as never) },
};

export default defineConfig({ pools }) as Config;
