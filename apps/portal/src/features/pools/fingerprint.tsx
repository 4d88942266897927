/** 16 bytes and their colons: two lines that can be read out to somebody. */
const LINE = 48;

/** A SHA-256 fingerprint in full, in two lines. */
export function Fingerprint({ value }: { value: string }) {
  const lines = value.match(new RegExp(`.{1,${LINE}}`, 'g')) ?? [];
  return (
    <span className="block font-mono text-xs leading-5">
      {lines.map((line) => (
        <span key={line} className="block">
          {line}
        </span>
      ))}
    </span>
  );
}
