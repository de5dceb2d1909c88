/** What a process learns of a session that it has registered or joined. */
import type { Format } from '../../codec/codec.ts';
import type { Registration } from '../../pool/registration.ts';
import type { RegisterResult } from '../../wire/messages.ts';

/**
 * @param translation what the bodies are written in where the process cannot read the child's own format
 * @param found what the protocol's `open` returned, as it is carried
 */
export function registerResult(
  registration: Registration,
  translation: Format | undefined,
  found: { readonly plain?: unknown; readonly cloned?: string | undefined },
): RegisterResult {
  const { conversation, settings, hello, codec, protocol, awaitsEnd, slotWait } = registration;
  return {
    format: (translation ?? codec.format).name,
    hello,
    opened: found.plain,
    clonedOpened: found.cloned,
    id: conversation.id,
    requestTimeout: settings.requestTimeout,
    closeTimeout: settings.closeTimeout,
    maxUnreadEvents: settings.maxUnreadEvents,
    maxFrameBytes: settings.maxFrameBytes,
    diagnostics: awaitsEnd ? 'fail' : undefined,
    leaks: settings.leaks === 'warn' ? undefined : settings.leaks,
    slotWait,
    sessionField: protocol.sessionField,
    wireIds: conversation.wireIds,
    idField: protocol.idField,
    labelFields: protocol.labelFields,
    refuses: protocol.refuse === undefined ? undefined : true,
  };
}
