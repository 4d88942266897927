import { AppError } from '@porthole/errors';

/** Everything this room refuses, with what a person is told. Codes of the seat's side speak of the viewer. */
const WORDS = {
  'rfb/bad-version': 'This isn’t a graphical console Porthole understands.',
  'rfb/bad-security-type': 'The console asks for a password of its own, which Porthole doesn’t send.',
  'rfb/refused-by-server': 'The console refused the connection.',
  'rfb/security-failed': 'The console refused the connection.',
  'rfb/desktop-too-large': 'The machine’s screen is larger than Porthole shows.',
  'rfb/too-many-resizes': 'The console sent something Porthole doesn’t accept.',
  'rfb/name-too-long': 'The console sent something Porthole doesn’t accept.',
  'rfb/unexpected-message': 'The console sent something Porthole doesn’t accept.',
  'rfb/unexpected-encoding': 'The console sent something Porthole doesn’t accept.',
  'rfb/bad-rectangle': 'The console sent something Porthole doesn’t accept.',
  'rfb/cut-text-too-long': 'That’s more text than the clipboard may carry.',
  'rfb/colour-map': 'The console sent something Porthole doesn’t accept.',
  'rfb/unknown-message': 'The viewer sent something Porthole doesn’t know.',
  'rfb/bad-message': 'The viewer sent something Porthole doesn’t accept.',
  'rfb/too-many-encodings': 'The viewer sent something Porthole doesn’t accept.',
  'rfb/encoding-not-allowed': 'Porthole doesn’t ask a console for this.',
} as const;

export type RfbCode = keyof typeof WORDS;

/** A peer broke the protocol, or asked for what is never given. `details` may quote the peer's own words. */
export class RfbError extends AppError {
  constructor(code: RfbCode, details: Record<string, unknown> = {}) {
    super({ code, publicMessage: WORDS[code], details });
  }
}
