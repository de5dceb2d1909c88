/** Where each entry has its page: `carpool/coordination` at `carpool-coordination.md`, all in one folder. */
import { ReflectionKind, type Reflection } from 'typedoc';
import { ModuleRouter } from 'typedoc-plugin-markdown';

export class FlatRouter extends ModuleRouter {
  override getIdealBaseName(reflection: Reflection): string {
    const name = pageName(reflection.getFullName());
    // What has no page of its own takes a name, too, and `carpool.sharedWorker` is one file with `carpool.SharedWorker`.
    return reflection.kindOf(ReflectionKind.Namespace) ? name.replaceAll('.', '-') : name;
  }
}

/** The name of a page, without `.md`. */
export function pageName(name: string): string {
  return name.replace('@', '').replaceAll('/', '-');
}
