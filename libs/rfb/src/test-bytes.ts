import { encodeLatin1 } from './text.ts';

// Small tools of this room's tests: bytes written and read as hex, and streams cut anywhere.

export function bytesOf(text: string): Uint8Array {
  const digits = text.replace(/\s+/g, '');
  return Uint8Array.from({ length: digits.length / 2 }, (_none, index) =>
    Number.parseInt(digits.slice(2 * index, 2 * index + 2), 16),
  );
}

export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export function text(value: string): Uint8Array {
  return encodeLatin1(value);
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** The bytes in pieces; cuts may come in any order and more than once. */
export function cutAt(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const places = [0, ...new Set(cuts), bytes.length].filter((at) => at <= bytes.length).sort((a, b) => a - b);
  return places.slice(1).map((end, index) => bytes.slice(places[index], end));
}
