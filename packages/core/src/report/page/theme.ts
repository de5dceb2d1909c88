/** The colours of the page, for what is drawn. */

const names = [
  'text',
  'muted',
  'line',
  'surface',
  'background',
  'held',
  'opening',
  'wait',
  'failed',
  'lease',
  'child',
  'starting',
  'on-bar',
  'accent',
] as const;
export type Colours = Readonly<Record<(typeof names)[number], string>>;

/** As the style sheet has them at this moment. */
export function colours(): Colours {
  const probe = document.createElement('i');
  document.body.append(probe);
  const found = names.map((name) => {
    probe.style.color = `var(--${name})`;
    return [name, getComputedStyle(probe).color] as const;
  });
  probe.remove();
  return Object.fromEntries(found) as Colours;
}

/** A pattern of lines, for what is not by colour alone. @param ratio pixels of the device for each of the page */
export function hatched(context: CanvasRenderingContext2D, colour: string, ratio: number): CanvasPattern | string {
  const size = Math.round(6 * ratio);
  const tile = document.createElement('canvas');
  [tile.width, tile.height] = [size, size];
  const on = tile.getContext('2d');
  if (on === null) return colour;
  on.fillStyle = colour;
  on.globalAlpha = 0.35;
  on.fillRect(0, 0, size, size);
  on.globalAlpha = 1;
  on.strokeStyle = colour;
  on.lineWidth = ratio * 1.5;
  for (const from of [-size, 0, size]) {
    on.beginPath();
    on.moveTo(from, size);
    on.lineTo(from + size, 0);
    on.stroke();
  }
  return context.createPattern(tile, 'repeat') ?? colour;
}
