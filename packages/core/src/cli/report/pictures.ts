/** Pictures in a recorded message: bytes that begin as a PNG or a JPEG do, or a text that has such bytes as base64. Pure. */
import type { Recorded } from '../../base/transcript-value.ts';

/** What the base64 of their first bytes begins with. */
const kinds = [
  { begin: 'iVBORw0KGgo', type: 'image/png' },
  { begin: '/9j/', type: 'image/jpeg' },
] as const;
const base64 = /^[A-Za-z0-9+/]+={0,2}$/;
/** Characters: less is no picture. */
const least = 60;
/** Pictures of one message, and objects and lists in each other that are looked into. */
const most = 4;
const deepest = 12;

/** As `data:` addresses. @param longest characters of one */
export function picturesIn(recorded: Recorded, longest: number): string[] {
  const found: string[] = [];
  const look = (value: Recorded, depth: number): void => {
    if (found.length >= most || depth > deepest) return;
    if (typeof value === 'string') {
      const picture = pictureOf(value, longest);
      if (picture !== undefined) found.push(picture);
    } else if (Array.isArray(value)) for (const one of value as readonly Recorded[]) look(one, depth + 1);
    else if (typeof value === 'object' && value !== null) for (const one of Object.values(value)) look(one, depth + 1);
  };
  look(recorded, 0);
  return found;
}

function pictureOf(text: string, longest: number): string | undefined {
  const bare = text.startsWith('data:image/') ? text.slice(text.indexOf(',') + 1) : text;
  if (bare.length < least || bare.length > longest) return undefined;
  const kind = kinds.find(({ begin }) => bare.startsWith(begin));
  return kind === undefined || !base64.test(bare) ? undefined : `data:${kind.type};base64,${bare}`;
}
