/** The squares of a QR code as one path: no script, no picture from elsewhere. Dark on light in both themes, for cameras. */
export function QrCode({ squares, label }: { squares: readonly string[]; label: string }) {
  const size = squares.length;
  const path = squares.flatMap((row, y) =>
    [...row].flatMap((square, x) => (square === '1' ? [`M${x} ${y}h1v1h-1z`] : [])),
  );
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${size} ${size}`}
      shapeRendering="crispEdges"
      className="size-52 rounded-md border"
    >
      <path d={`M0 0h${size}v${size}H0z`} fill="oklch(1 0 0)" />
      <path d={path.join('')} fill="oklch(0 0 0)" />
    </svg>
  );
}
