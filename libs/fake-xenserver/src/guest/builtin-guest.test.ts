import type { Duplex } from 'node:stream';
import { beforeEach, describe, expect, it } from 'vitest';
import { BuiltinGuest } from './builtin-guest.ts';
import { ByteReader, StreamEnded } from './byte-reader.ts';

let guest: BuiltinGuest;
let acts: string[];

beforeEach(() => {
  acts = [];
  guest = new BuiltinGuest('Web 1', {
    reboot: () => void acts.push('reboot'),
    powerOff: () => void acts.push('off'),
  });
});

interface Rectangle {
  x: number;
  y: number;
  w: number;
  h: number;
  encoding: number;
}

/** A client of the built-in screen, speaking RFB 3.3. */
class Client {
  readonly reader: ByteReader;
  width = 0;
  height = 0;
  name = '';

  constructor(readonly stream: Duplex = guest.openScreen()) {
    this.reader = new ByteReader(stream);
  }

  async greet(version = 'RFB 003.003\n'): Promise<this> {
    expect((await this.reader.take(12)).toString()).toBe('RFB 003.003\n');
    this.stream.write(version);
    expect((await this.reader.take(4)).readUInt32BE()).toBe(1);
    this.stream.write(Buffer.of(1));
    const init = await this.reader.take(24);
    this.width = init.readUInt16BE(0);
    this.height = init.readUInt16BE(2);
    this.name = (await this.reader.take(init.readUInt32BE(20))).toString();
    return this;
  }

  encodings(...list: number[]): void {
    const bytes = Buffer.alloc(4 + 4 * list.length);
    bytes.writeUInt8(2, 0);
    bytes.writeUInt16BE(list.length, 2);
    list.forEach((encoding, at) => void bytes.writeInt32BE(encoding, 4 + 4 * at));
    this.stream.write(bytes);
  }

  request(incremental: boolean, x = 0, y = 0, w = this.width, h = this.height): void {
    const bytes = Buffer.alloc(10);
    bytes.writeUInt8(3, 0);
    bytes.writeUInt8(incremental ? 1 : 0, 1);
    [x, y, w, h].forEach((value, at) => void bytes.writeUInt16BE(value, 2 + 2 * at));
    this.stream.write(bytes);
  }

  /** The rectangles of the next update; Raw bodies are read over. */
  async update(): Promise<Rectangle[]> {
    const head = await this.reader.take(4);
    expect(head.readUInt8(0)).toBe(0);
    const rectangles: Rectangle[] = [];
    for (let left = head.readUInt16BE(2); left > 0; left--) {
      const bytes = await this.reader.take(12);
      const [x = 0, y = 0, w = 0, h = 0] = [0, 2, 4, 6].map((at) => bytes.readUInt16BE(at));
      const encoding = bytes.readInt32BE(8);
      if (encoding === 0) await this.reader.take(w * h * 4);
      if (encoding === -239) await this.reader.take(w * h * 4 + Math.ceil(w / 8) * h);
      rectangles.push({ x, y, w, h, encoding });
    }
    return rectangles;
  }

  type(text: string): void {
    for (const character of text) {
      const keysym = character === '\n' ? 0xff0d : character.charCodeAt(0);
      this.stream.write(Buffer.of(4, 1, 0, 0, 0, 0, keysym >> 8, keysym & 255));
      this.stream.write(Buffer.of(4, 0, 0, 0, 0, 0, keysym >> 8, keysym & 255));
    }
  }

  pointer(x: number, y: number, buttons: number): void {
    this.stream.write(Buffer.of(5, buttons, x >> 8, x & 255, y >> 8, y & 255));
  }

  /** Reads whatever still comes until the guest closes. */
  async ended(): Promise<void> {
    const readOn = async () => {
      for (;;) await this.reader.take(1);
    };
    await expect(readOn()).rejects.toThrow(StreamEnded);
  }
}

describe('the screen', () => {
  it('speaks RFB 3.3 with security None, 720x400, named after the VM', async () => {
    const client = await new Client().greet();
    expect([client.width, client.height, client.name]).toEqual([720, 400, 'Web 1']);
    await new Client().greet('RFB 003.004\n');
  });

  it.each(['RFB 003.007\n', 'RFB 003.008\n', 'GET / HTTP/1'])(
    'drops a client that answers %j',
    async (version) => {
      const client = new Client();
      client.stream.write(version);
      await client.ended();
    },
  );

  it('sends nothing before it is asked, and then the whole area in Raw', async () => {
    const client = await new Client().greet();
    client.request(false);
    expect(await client.update()).toEqual([{ x: 0, y: 0, w: 720, h: 400, encoding: 0 }]);
  });

  it('answers an incremental request only when something changes, with the changed cells inside the area', async () => {
    const client = await new Client().greet();
    client.request(false);
    await client.update();
    client.request(true);
    client.type('x');
    const rectangles = await client.update();
    const area = rectangles.reduce((sum, { w, h }) => sum + w * h, 0);
    expect(area).toBeGreaterThan(0);
    expect(area).toBeLessThan(720 * 400 * 0.01);
    expect(guest.screen.text()).toContain('web-1:/ # x');
  });

  it('keeps a change outside the requested area for a later request', async () => {
    const client = await new Client().greet();
    client.request(false);
    await client.update();
    client.pointer(700, 390, 0);
    client.type('y');
    client.request(true, 0, 0, 200, 200);
    const first = await client.update();
    expect(first.every(({ x, y, w, h }) => x + w <= 200 && y + h <= 200)).toBe(true);
    client.request(true);
    const second = await client.update();
    expect(second.some(({ x, y }) => x >= 690 && y >= 380)).toBe(true);
  });

  it('uses the first listed of Raw and Hextile, and sends a Cursor when asked', async () => {
    const client = await new Client().greet();
    client.encodings(7, 0, 5, -239);
    client.request(false);
    expect((await client.update()).map((rectangle) => rectangle.encoding)).toEqual([-239, 0]);
    const other = await new Client().greet();
    other.encodings(16, 5, 0);
    other.request(false);
    await other.reader.take(4);
    expect((await other.reader.take(12)).readInt32BE(8)).toBe(5);
  });

  it('changes its size with DesktopSize alone in an update, for who knows it', async () => {
    const client = await new Client().greet();
    client.encodings(0, -223);
    client.request(true);
    client.type('mode 100x37\n');
    let rectangles = await client.update();
    while (rectangles[0]?.encoding !== -223) {
      client.request(true);
      rectangles = await client.update();
    }
    expect(rectangles).toEqual([{ x: 0, y: 0, w: 900, h: 592, encoding: -223 }]);
    client.request(false, 0, 0, 900, 592);
    expect((await client.update())[0]).toMatchObject({ w: 900, h: 592 });
  });

  it('never sends more than the old size to who does not', async () => {
    const client = await new Client().greet();
    client.type('mode 128x48\n');
    await expect.poll(() => guest.screen.width).toBe(1152);
    client.request(false, 0, 0, 2000, 2000);
    expect((await client.update())[0]).toMatchObject({ w: 720, h: 400 });
  });

  it.each([
    ['continuous updates', Buffer.of(150, 1, 0, 0, 0, 0, 0, 0, 0, 0)],
    ['a fence', Buffer.of(248, 0, 0, 0, 0, 0, 0, 0, 0)],
    ['an extended key', Buffer.of(255, 0, 0, 1, 0, 0, 0, 0x61, 0, 0, 0, 0x1e)],
    ['cut text above 1 MiB', Buffer.of(6, 0, 0, 0, 0, 0x10, 0, 1)],
    ['a colour map', Buffer.of(0, 0, 0, 0, 8, 8, 0, 0, 0, 7, 0, 7, 0, 3, 0, 3, 6, 0, 0, 0)],
  ])('closes on %s', async (_name, message) => {
    const client = await new Client().greet();
    client.stream.write(message);
    await client.ended();
  });

  it('is one screen for all its clients, at most eight', async () => {
    const clients = await Promise.all(Array.from({ length: 8 }, () => new Client().greet()));
    for (const client of clients) client.request(false);
    await Promise.all(clients.map((client) => client.update()));
    for (const client of clients) client.request(true);
    clients[0]?.type('z');
    await Promise.all(clients.map((client) => client.update()));
    await new Client().ended();
  });

  it('takes no input and sends no picture while it is frozen', async () => {
    const client = await new Client().greet();
    guest.freeze(true);
    client.type('lost');
    client.request(false);
    await expect.poll(() => guest.inputs.keys).toBe(8);
    expect(guest.screen.text()).not.toContain('lost');
    guest.freeze(false);
    expect((await client.update())[0]).toMatchObject({ w: 720 });
  });
});

describe('input on the screen', () => {
  it('reaches a shell that answers, and is counted', async () => {
    const client = await new Client().greet();
    client.type('echo seen and done\n');
    await expect.poll(() => guest.screen.text()).toContain('\nseen and done\n');
    client.pointer(10, 20, 1);
    await expect.poll(() => guest.inputs.pointers).toBe(1);
    expect(guest.inputs.keys).toBe(2 * 'echo seen and done\n'.length);
  });

  it('types cut text into the terminal on a middle click', async () => {
    const client = await new Client().greet();
    client.stream.write(Buffer.concat([Buffer.of(6, 0, 0, 0, 0, 0, 0, 5), Buffer.from('paste')]));
    client.pointer(5, 5, 2);
    await expect.poll(() => guest.screen.text()).toContain('# paste');
    expect(guest.inputs.cutTexts).toBe(1);
  });

  it('can restart and switch off the machine', async () => {
    const client = await new Client().greet();
    client.type('reboot\npoweroff\n');
    await expect.poll(() => acts).toEqual(['reboot', 'off']);
  });
});

describe('the serial terminal', () => {
  const read = (stream: Duplex) => {
    const seen = { text: '' };
    stream.on('data', (bytes: Buffer) => {
      seen.text += bytes.toString('latin1');
    });
    return seen;
  };

  it('shows the line as it stands, echoes, answers, and colours its prompt', async () => {
    const stream = guest.openText();
    const seen = read(stream);
    await expect.poll(() => seen.text).toContain('\x1b[1;32mweb-1\x1b[0m:\x1b[1;34m/\x1b[0m # ');
    stream.write('unamx\x7fe\r');
    await expect.poll(() => seen.text).toContain('\r\nPorthole\r\n');
    expect(guest.typedBytes).toBe(8);
    expect(guest.transcript).toContain('Porthole\r\n');
  });

  it('is one terminal for all its clients', async () => {
    const [one, two] = [guest.openText(), guest.openText()];
    const seen = [read(one), read(two)];
    one.write('echo both\r');
    for (const each of seen) await expect.poll(() => each.text).toContain('\r\nboth\r\n');
  });

  it('knows its commands, history and control keys', async () => {
    const stream = guest.openText();
    const seen = read(stream);
    stream.write('help\rhostname\rseq 3\rcat motd\rwhat\rabc\x03\x1b[A\r');
    await expect.poll(() => seen.text.match(/sh: what: not found/g)).toHaveLength(2);
    expect(seen.text).toContain('\r\nweb-1\r\n');
    expect(seen.text).toContain('1\r\n2\r\n3\r\n');
    expect(seen.text).toContain('Welcome.');
    expect(seen.text).toContain('^C');
  });

  it('ends with the machine', async () => {
    const stream = guest.openText();
    stream.resume();
    const ended = new Promise<void>((resolve) => stream.once('end', () => resolve()));
    guest.stop();
    await ended;
  });
});
