import { LIMITS } from '@porthole/relay-contract';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../manual-clock.ts';
import { RecordingSeat } from './recording-seat.ts';
import { MAX_REMEMBERED_PEOPLE, TextLine } from './text-line.ts';

function openLine() {
  const clock = new ManualClock();
  const typed: string[] = [];
  const pictures: unknown[] = [];
  const line = new TextLine(
    {
      ready: () => undefined,
      picture: (seat) => pictures.push(seat),
      seatFault: () => undefined,
      toHost: (messages) => typed.push(...messages.map((bytes) => Buffer.from(bytes).toString())),
      updated: () => undefined,
      noRoom: () => undefined,
      failed: () => undefined,
    },
    clock,
  );
  line.start();
  const join = (personId?: string) => {
    const recording = new RecordingSeat(undefined, personId);
    line.seatJoined(recording.seat);
    return recording;
  };
  return { line, join, typed, pictures, clock };
}

const print = (line: TextLine, text: string) => line.fromHost(Buffer.from(text));

describe('a line of text with several seats', () => {
  it('shows a newcomer what was printed, and both what comes', () => {
    const { line, join, pictures } = openLine();
    const first = join();
    print(line, 'login: ');
    const late = join();
    print(line, 'root\r\n');
    expect(first.taken().toString()).toBe('login: root\r\n');
    expect(late.taken().toString()).toBe('login: root\r\n');
    expect(pictures).toEqual([first.seat, late.seat]);
  });

  it('takes keys from who holds the keyboard alone', () => {
    const { line, join, typed } = openLine();
    const [first, second] = [join(), join()];
    second.seat.holdKeyboard(false);
    line.fromSeat(second.seat, Buffer.from('reboot\r'));
    line.fromSeat(first.seat, Buffer.from('ls\r'));
    expect(typed).toEqual(['ls\r']);
    expect(second.seat.receipt.snapshot()).toMatchObject({ inputEvents: 0, inputDropped: 1 });
  });

  it('leaves a slow seat behind and brings it back with the scrollback; alone, it holds the host back', () => {
    const { line, join } = openLine();
    const slow = join();
    expect(line.passesThrough).toBe(true);
    const quick = join();
    expect(line.passesThrough).toBe(false);
    slow.queuedBytes = LIMITS.queuedToBrowserBytes + 1;
    print(line, 'one\r\n');
    slow.queuedBytes = 0;
    print(line, 'two\r\n');
    expect(slow.taken().toString()).toBe('');
    expect(quick.taken().toString()).toBe('one\r\ntwo\r\n');
    line.seatDrained(slow.seat);
    print(line, 'three\r\n');
    expect(slow.taken().toString()).toBe('\u001bcone\r\ntwo\r\nthree\r\n');
  });

  it('shows who comes back what was printed meanwhile, behind a word of its own', () => {
    const { line, join, clock } = openLine();
    const first = join('mira');
    print(line, '$ make\r\n');
    line.seatLeft(first.seat);
    print(line, 'cc a.c\r\n');
    clock.advance(90_000);
    const back = join('mira');
    expect(back.taken().toString()).toBe('\x1bc$ make\r\ncc a.c\r\n');
    expect(back.said).toContainEqual({ type: 'while-away', ms: 90_000 });
    const other = join('ada');
    expect(other.taken().toString()).toBe('$ make\r\ncc a.c\r\n');
    expect(other.said).not.toContainEqual(expect.objectContaining({ type: 'while-away' }));
  });

  it('remembers only so many who have left', () => {
    const { line, join } = openLine();
    for (let n = 0; n <= MAX_REMEMBERED_PEOPLE; n += 1) line.seatLeft(join(`person ${n}`).seat);
    print(line, 'news\r\n');
    const came = (n: number) => join(`person ${n}`).said.some(({ type }) => type === 'while-away');
    expect([came(0), came(1), came(MAX_REMEMBERED_PEOPLE)]).toEqual([false, true, true]);
  });

  it('sends nothing that is typed while its host is away, and ends what the host left half', () => {
    const { line, join, typed } = openLine();
    const recording = join();
    const { seat } = recording;
    print(line, 'half \x1b[3');
    line.hostLeft();
    line.fromSeat(seat, Buffer.from('lost\r'));
    expect(typed).toEqual([]);
    expect(seat.receipt.snapshot()).toMatchObject({ inputEvents: 0, inputDropped: 1 });
    line.start();
    line.fromSeat(seat, Buffer.from('ls\r'));
    expect(typed).toEqual(['ls\r']);
    print(line, 'again');
    expect(recording.taken().toString()).toBe('half \x18again');
  });
});
