import {
  encodeBell,
  encodeDesktopName,
  encodeDesktopSize,
  encodeExtendedDesktopSize,
  encodeLedState,
  encodeQemuKeyAcknowledgement,
  encodeRawUpdate,
  encodeRectangleHead,
  encodeServerCutText,
  encodeUpdateHead,
  Framebuffer,
  MAX_CUT_TEXT_BYTES,
  RfbError,
  ServerStreamWalker,
  type WalkerEvent,
} from '@porthole/rfb';
import { Broken, type FuzzReader, type FuzzTarget, signOf } from '../fuzz-target.ts';

const SIZE = { width: 40, height: 24 };
/** Pictures above this are not painted here: making and comparing them would be all that a run does. */
const MOST_PIXELS = 250_000;
/** As security.md §9 has them; written here again so that a limit that is lifted is seen. */
const LONGEST_SIDE = 8_192;
const MOST_DESKTOP_PIXELS = 34_000_000;

function rectangle(
  encoding: number,
  body: readonly number[],
  area = { x: 4, y: 4, width: 20, height: 17 },
): Buffer {
  return Buffer.concat([encodeRectangleHead(area, encoding), Buffer.from(body)]);
}
const small = { x: 1, y: 1, width: 3, height: 2 };
const colour = [9, 8, 7, 0];
const RECTANGLES: readonly Buffer[] = [
  rectangle(
    0,
    Array.from({ length: 24 }, (_none, n) => n),
    small,
  ),
  rectangle(1, [0, 2, 0, 2]),
  rectangle(2, [0, 0, 0, 1, ...colour, ...colour, 0, 1, 0, 1, 0, 2, 0, 2]),
  // Four tiles: background, coloured subrectangles, foreground with subrectangles, nothing at all.
  rectangle(5, [2, ...colour, 24, 1, ...colour, 0x11, 0x22, 12, ...colour, 2, 0x00, 0x11, 0x33, 0x44, 0]),
  rectangle(5, [1, ...Array.from({ length: 24 }, () => 5)], small),
  rectangle(7, [0x80, 1, 2, 3]),
  rectangle(7, [0x40, 1, 1, 1, 2, 3, 4, 5, 6, 3, 1, 2, 3]),
  rectangle(7, [0x00, 0x82, 0x00, 7, 7], { x: 0, y: 0, width: 8, height: 8 }),
  rectangle(
    -239,
    Array.from({ length: 6 * 4 + 2 }, () => 3),
    small,
  ),
  rectangle(-261, [5]),
  rectangle(-258, [], { x: 0, y: 0, width: 0, height: 0 }),
];
const MESSAGES: readonly Uint8Array[] = [
  ...RECTANGLES.map((one) => Buffer.concat([encodeUpdateHead(1), one])),
  Buffer.concat([encodeUpdateHead(RECTANGLES.length), ...RECTANGLES]),
  Buffer.concat([Buffer.of(0, 0, 0xff, 0xff), ...RECTANGLES.slice(0, 3), rectangle(-224, [])]),
  encodeRawUpdate({ x: 0, y: 0, ...SIZE }, Buffer.alloc(SIZE.width * SIZE.height * 4, 0x33)),
  encodeBell(),
  encodeServerCutText(Buffer.from('copied')),
  encodeDesktopSize(48, 20),
  encodeExtendedDesktopSize({ width: 30, height: 30 }, [
    { id: 1, x: 0, y: 0, width: 30, height: 30, flags: 0 },
  ]),
  encodeDesktopName('web'),
  encodeLedState(2),
  encodeQemuKeyAcknowledgement(),
];
const WORDS: readonly Uint8Array[] = [
  ...RECTANGLES,
  ...MESSAGES.slice(RECTANGLES.length + 3),
  Buffer.of(0, 0, 0xff, 0xff),
  encodeRectangleHead({ x: 0, y: 0, ...SIZE }, 5),
  encodeRectangleHead({ x: 0, y: 0, width: 0, height: 0 }, 0),
  Buffer.of(0xff, 0xff, 0xff, 0x11),
  Buffer.of(3, 0, 0, 0, 0, 0x10, 0, 1),
];

const common = {
  streams: true,
  seeds: [...MESSAGES, Buffer.concat(MESSAGES)],
  words: WORDS,
  bounds: { heldBytes: MAX_CUT_TEXT_BYTES, toldPerByte: 160, toldAtLeast: 512 },
  isRefusal: (error: unknown) => error instanceof RfbError,
} as const;

/** What a host sends, walked as it is for a seat that is alone. */
export const walked: FuzzTarget = {
  ...common,
  name: 'server-stream',
  begin: (tell) => walk(tell, null),
};

/** The same with a picture painted from it: it must be walked the same way, and the picture must not depend on cuts. */
export const painted: FuzzTarget = {
  ...common,
  name: 'server-stream-painted',
  begin: (tell) => {
    const unpainted: string[] = [];
    const paintedLines: string[] = [];
    const plain = walk((line) => unpainted.push(line), null);
    const framebuffer = new SmallFramebuffer(SIZE.width, SIZE.height);
    const reader = walk((line) => {
      paintedLines.push(line);
      tell(line);
    }, framebuffer);
    let over = false;
    return {
      push: (bytes) => {
        try {
          if (!over) plain.push(bytes);
        } catch {
          over = true;
        }
        reader.push(bytes);
      },
      end: () => {
        reader.end();
        if (!over) plain.end();
        if (paintedLines.join('\n') !== unpainted.join('\n'))
          throw new Broken('it is walked differently where it is painted');
        const { width, height } = framebuffer;
        if (framebuffer.bytes.length !== 4 * width * height) throw new Broken('the picture has another size');
        tell(`picture ${width}x${height} ${framebuffer.complete} ${signOf(framebuffer.bytes)}`);
      },
    };
  },
};

class SmallFramebuffer extends Framebuffer {
  override resize(width: number, height: number): void {
    if (width * height > MOST_PIXELS) throw new RfbError('rfb/desktop-too-large', { width, height });
    super.resize(width, height);
  }
}

function walk(tell: (line: string) => void, framebuffer: Framebuffer | null): FuzzReader {
  let given = 0;
  let ended = 0;
  const walker = new ServerStreamWalker({
    ...SIZE,
    emit: (event) => {
      assertSound(event, ended);
      if (event.type === 'message-end') ended = event.end;
      tell(lineOf(event));
    },
  });
  walker.framebuffer = framebuffer;
  return {
    push: (bytes) => {
      given += bytes.length;
      walker.push(bytes);
    },
    end: () => {
      if (walker.offset !== given) throw new Broken(`of ${given} bytes ${walker.offset} were walked`);
      if (walker.atBoundary !== (ended === given))
        throw new Broken('it stands between two messages, or does it?');
      tell(`stands ${walker.atBoundary}`);
    },
  };
}

function assertSound(event: WalkerEvent, ended: number): void {
  if (event.type === 'message-start' && event.offset !== ended)
    throw new Broken('bytes belong to no message');
  if (event.type !== 'desktop-size') return;
  const { width, height } = event;
  if (width > LONGEST_SIDE || height > LONGEST_SIDE || width * height > MOST_DESKTOP_PIXELS)
    throw new Broken(`a desktop of ${width}x${height} was taken`);
}

function lineOf(event: WalkerEvent): string {
  const { type, ...rest } = event;
  const text = JSON.stringify(rest, (_key, value: unknown) =>
    value instanceof Uint8Array ? signOf(value) : value,
  );
  // The kind of an event and what it is about come first: they are its shape.
  const about = 'encoding' in event ? event.encoding : 'message' in event ? event.message : '';
  return `${type} ${about} ${text.length > 400 ? signOf(Buffer.from(text)) : text}`;
}
