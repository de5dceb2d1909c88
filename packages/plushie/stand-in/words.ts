/** The words of a text: a short way to write a long list. */
export function words(text: string): string[] {
  return text.trim().split(/\s+/);
}
