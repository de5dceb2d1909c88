/** The defaults of options have a column of their own. In the sources they are the end of a doc comment: `Default 8.` */
import { Comment, CommentTag, ReflectionKind, type DeclarationReflection, type ProjectReflection } from 'typedoc';

const sentence = /\s*\bDefault:? ([^]+?)\.?\s*$/;

/** Options, and the properties of objects that are used as such. */
export function isOption({ parent }: DeclarationReflection): boolean {
  return /Options$|^Launch$/.test(parent?.name ?? '');
}

/** Turns the last sentence `Default …` of each option into a `@defaultValue`. */
export function extractDefaults(project: ProjectReflection): void {
  for (const property of project.getReflectionsByKind(ReflectionKind.Property) as DeclarationReflection[]) {
    const { comment } = property;
    if (!isOption(property) || comment === undefined || comment.getTag('@defaultValue') !== undefined) continue;
    const text = Comment.combineDisplayParts(comment.summary);
    const value = sentence.exec(text)?.[1];
    if (value === undefined) continue;
    comment.summary = cut(comment, text.replace(sentence, '').length);
    comment.blockTags.push(new CommentTag('@defaultValue', [{ kind: 'text', text: value }]));
  }
}

/** The parts of a comment up to `length`. */
function cut({ summary }: Comment, length: number): Comment['summary'] {
  const kept: Comment['summary'] = [];
  let left = length;
  for (const part of summary) {
    const size = Comment.combineDisplayParts([part]).length;
    if (left <= 0) break;
    kept.push(size <= left ? part : { ...part, text: part.text.slice(0, left) });
    left -= size;
  }
  return kept;
}
