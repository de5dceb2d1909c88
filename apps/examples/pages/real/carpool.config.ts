// The protocols of the pages, as pools of the programs that they are for.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { chromium, python } from '@carpool/test-harness/programs';
import { childProtocol, defineConfig, type Config, type PoolOptions } from 'carpool';
import { browser, nulJson } from '../protocol/browser.ts';
import { documents } from '../protocol/document.ts';
import { esbuildCodec } from '../protocol/esbuild-packets.ts';
import { esbuild } from '../protocol/esbuild.ts';
import { languageServerCodec } from '../protocol/language-server.ts';
import { esbuildCommand, sassCommand, typescriptCommand } from '../protocol/programs.ts';
import { sassCodec } from '../protocol/sass-packets.ts';
import { sass } from '../protocol/sass.ts';
import type { Case } from './cases/cases.ts';

export const pools: Readonly<Record<Case['pool'], PoolOptions>> = {
  model: {
    command: python.path ?? 'python3',
    args: [join(import.meta.dirname, '../written/model.py')],
    env: {
      PYTHONPATH: dirname(createRequire(import.meta.url).resolve('carpool/child.py')),
      PYTHONDONTWRITEBYTECODE: '1',
    },
    protocol: childProtocol,
  },
  typescript: { ...typescriptCommand, codec: languageServerCodec, protocol: documents },
  esbuild: { ...esbuildCommand, codec: esbuildCodec, protocol: esbuild },
  sass: { ...sassCommand, codec: sassCodec, protocol: sass },
  chromium: {
    command: chromium.path ?? 'chromium',
    // As in use-browser.ts.
    args: ['--headless', '--no-sandbox', '--no-startup-window', '--user-data-dir={temp}', '--remote-debugging-pipe'],
    codec: nulJson,
    protocol: browser,
    stdio: { in: 3, out: 4 },
  },
};

export default defineConfig({ pools }) as Config;
