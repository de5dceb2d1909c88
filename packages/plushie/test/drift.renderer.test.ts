/** The stand-in says what the real renderer says in mock mode. Only the texts of errors may differ. */
import { describe, expect, test } from 'vitest';
import { scenarios } from './drift/scenarios.ts';
import { Raw, type Heard, type Outcome } from './drift/raw.ts';
import { real, standIn, type Subject } from './conformance/subject.ts';

for (const format of ['msgpack', 'json'] as const) {
  describe(`stand-in and plushie-renderer, mock, ${format}`, () => {
    const cases = scenarios.filter((one) => one.format === undefined || one.format === format);
    test.each(cases)('$name', async ({ play, args = ['--max-sessions', '8'] }) => {
      const run = async (subject: Subject): Promise<Outcome> => {
        const renderer = new Raw(subject, args);
        await play(renderer);
        return await renderer.end();
      };
      const [expected, found] = await Promise.all([run(real('mock', format)), run(standIn(format))]);
      expect(withoutWords(found)).toEqual(withoutWords(expected));
    });
  });
}

function withoutWords({ heard, code }: Outcome): Outcome {
  const sessions = Object.entries(heard).map(([session, all]) => [session, all.map(plain)] as const);
  return { heard: Object.fromEntries(sessions), code };
}

/** Error texts may differ: the comparison only checks that there is one. */
function plain(message: Heard): Heard {
  const text = JSON.stringify(message, (name, value: unknown) => {
    if ((name === 'error' || name === 'message' || name === 'detail') && typeof value === 'string') return 'words';
    return value;
  });
  return JSON.parse(text) as Heard;
}
