/** The words of a text, for lists that would be a page of quotation marks. */
export function words(text: string): string[] {
  return text.trim().split(/\s+/);
}
