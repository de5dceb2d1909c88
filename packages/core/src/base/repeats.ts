/** A text in which a line that follows itself stands once: "retrying … (37 times)". What is kept of it says more then. */
export function withoutRepeats(text: string): string {
  const lines: { readonly line: string; times: number }[] = [];
  for (const line of text.split('\n')) {
    const last = lines.at(-1);
    if (last !== undefined && last.line === line && line.trim() !== '') last.times++;
    else lines.push({ line, times: 1 });
  }
  return lines.map(({ line, times }) => (times === 1 ? line : `${line} (${times} times)`)).join('\n');
}
