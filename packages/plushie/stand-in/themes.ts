import { isObject, type Json } from './messages.ts';
import { words } from './words.ts';

const builtIn: ReadonlySet<string> = new Set(
  words(`
    light dark dracula nord solarized_light solarized_dark gruvbox_light gruvbox_dark catppuccin_latte
    catppuccin_frappe catppuccin_macchiato catppuccin_mocha tokyo_night tokyo_night_storm tokyo_night_light
    kanagawa_wave kanagawa_dragon kanagawa_lotus moonfly nightfly oxocarbon ferra
  `),
);

/** The value of `theme_changed` for a theme; `undefined` if it is no theme. Only the built-in `light` is light. */
export function themeMode(theme: Json | undefined): 'light' | 'dark' | 'system' | undefined {
  if (isObject(theme)) return 'dark';
  if (typeof theme !== 'string') return undefined;
  const name = theme.toLowerCase();
  if (name === 'system' || name === 'light') return name;
  return builtIn.has(name) ? 'dark' : undefined;
}
