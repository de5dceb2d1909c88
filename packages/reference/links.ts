/** The links of the pages among each other. */

const link = /\]\(([\w.-]+\.md)?(?:#([^)]+))?\)/g;
/** One line for each link to a page or an anchor that is not there. */
export function brokenLinks(pages: ReadonlyMap<string, string>): string[] {
  const anchors = new Map([...pages].map(([file, text]) => [file, anchorsOf(text)]));
  const broken = new Set<string>();
  for (const [file, text] of pages) {
    for (const [, target = file, anchor] of text.matchAll(link)) {
      const known = anchors.get(target);
      if (known === undefined) broken.add(`${file}: there is no page ${target}`);
      else if (anchor !== undefined && !known.has(anchor)) broken.add(`${file}: ${target} has no #${anchor}`);
    }
  }
  return [...broken];
}

function anchorsOf(text: string): Set<string> {
  const slug = slugger();
  const prose = text.replaceAll(/^```[^]*?^```$/gm, '');
  const headings = [...prose.matchAll(/^#{1,6} (.+)$/gm)].map(([, title = '']) => slug(title));
  return new Set([...headings, ...[...prose.matchAll(/<a id="([^"]+)">/g)].map(([, id = '']) => id)]);
}

/** The plugin numbers an anchor that another one only resembles, `#poolstats-1` beside `Pool.stats`: without its number it is there. */
export function correctLinks(file: string, text: string, pages: ReadonlyMap<string, string>): string {
  return text.replaceAll(link, (whole, target: string = file, anchor?: string) => {
    const known = anchorsOf(pages.get(target) ?? '');
    const plain = anchor?.replace(/-\d+$/, '');
    if (anchor === undefined || plain === undefined || known.has(anchor) || !known.has(plain)) return whole;
    return whole.replace(`#${anchor}`, `#${plain}`);
  });
}

/** The anchors that the headings of a page get on GitHub, in their order. */
export function slugger(): (title: string) => string {
  const used = new Map<string, number>();
  return (title) => {
    const plain = title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-');
    const count = used.get(plain) ?? 0;
    used.set(plain, count + 1);
    return count === 0 ? plain : `${plain}-${count}`;
  };
}
