/** What servers register while they start, instead of naming it among their capabilities. */
import type {
  DiagnosticRegistrationOptions,
  RegistrationParams,
  ServerCapabilities,
} from 'vscode-languageserver-protocol';

/** Only what decides how `diagnostics` of the client asks. */
export function registeredIn(params: unknown): Pick<ServerCapabilities, 'diagnosticProvider'> {
  const { registrations } = params as RegistrationParams;
  const found = registrations.find(({ method }) => method === 'textDocument/diagnostic');
  return found === undefined ? {} : { diagnosticProvider: found.registerOptions as DiagnosticRegistrationOptions };
}
