/** Draws the lines of the model in a terminal, and takes its keys. On the alternate screen: what was there before comes back. */
import { Box, Text, render, useInput, useWindowSize, type Key as InkKey, type TextProps } from 'ink';
import { createElement, useRef, useSyncExternalStore, type ReactElement } from 'react';
import stringWidth from 'string-width';
import { actOf, type Key } from './model/keys.ts';
import { linesOf, pageOf, type Line, type Span, type Style } from './model/lines.ts';
import { Store } from './model/store.ts';
import type { HostEnd } from './observed-host.ts';
import { Watching } from './watching.ts';

/** Of a second. */
const frames = 15;

/** Resolves with the exit code when it is left, or the host has ended. @throws CarpoolError, what goes wrong here */
export async function showInTerminal(address: string): Promise<number> {
  const store = new Store();
  const watching = await Watching.begin(address, store);
  const left = Promise.withResolvers<undefined>();
  const quit = (): void => left.resolve(undefined);
  const app = render(createElement(Screen, { store, quit }), {
    alternateScreen: true,
    // Ctrl-C is a key as others are, and leaves in order.
    exitOnCtrlC: false,
    patchConsole: false,
    // It was asked for; `CI` may be set in a terminal, too.
    interactive: true,
    incrementalRendering: true,
    maxFps: frames,
  });
  let end: HostEnd | undefined;
  try {
    end = await Promise.race([left.promise, watching.ended(), app.waitUntilExit().then(() => undefined)]);
  } finally {
    watching.close();
    app.unmount();
    await app.waitUntilExit().catch(() => {}); // it is what was thrown above
  }
  if (end === undefined) return 0;
  console.error(`carpool: ${end.text}`);
  return end.code;
}

function Screen({ store, quit }: { readonly store: Store; readonly quit: () => void }): ReactElement {
  const view = useSyncExternalStore(store.listen, store.view);
  const { columns, rows } = useWindowSize();
  const first = useRef(0);
  useInput((input, key) => {
    if (key.ctrl && input === 'c') {
      quit();
      return;
    }
    for (const named of keysOf(input, key)) {
      const act = actOf(store.view(), named, pageOf({ rows }));
      if (act?.type === 'quit') quit();
      else if (act !== undefined) store.dispatch(act);
    }
  });
  const drawn = linesOf(view, { columns, rows, widthOf: stringWidth }, first.current);
  first.current = drawn.first;
  const lines = drawn.lines.map((line, at) => createElement(Text, { key: at, wrap: 'truncate-end' }, ...textOf(line)));
  return createElement(Box, { flexDirection: 'column', width: columns, height: rows, overflow: 'hidden' }, ...lines);
}

/** An empty line has a height, too. */
function textOf(line: Line): (ReactElement | string)[] {
  return line.length === 0
    ? [' ']
    : line.map((span, at) => createElement(Text, { key: at, ...looksOf(span) }, span.text));
}

const looks: Readonly<Record<Style, Omit<TextProps, 'children'>>> = {
  bold: { bold: true },
  dim: { dimColor: true },
  inverse: { inverse: true },
  cyan: { color: 'cyan' },
  green: { color: 'green' },
  yellow: { color: 'yellow' },
};

/** With NO_COLOR without colours; bold and inverse are none. */
function looksOf({ style }: Span): Omit<TextProps, 'children'> {
  if (style === undefined) return {};
  const look = looks[style];
  const plain = (process.env['NO_COLOR'] ?? '') !== '';
  return plain && (look.color !== undefined || look.dimColor !== undefined) ? {} : look;
}

const named = {
  upArrow: 'ArrowUp',
  downArrow: 'ArrowDown',
  leftArrow: 'ArrowLeft',
  rightArrow: 'ArrowRight',
  pageUp: 'PageUp',
  pageDown: 'PageDown',
  home: 'Home',
  end: 'End',
  return: 'Enter',
  escape: 'Escape',
  tab: 'Tab',
  backspace: 'Backspace',
  delete: 'Backspace',
} as const satisfies Partial<Record<keyof InkKey, string>>;

/** Several characters come at once where they are pasted, or typed fast. */
function keysOf(input: string, key: InkKey): Key[] {
  for (const [flag, name] of Object.entries(named) as [keyof typeof named, string][])
    if (key[flag]) return [{ name, shift: key.shift }];
  if (key.ctrl || key.meta) return [];
  return Array.from(input, (name) => ({ name: name === '\r' ? 'Enter' : name }));
}
