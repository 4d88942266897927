import { LIMITS } from '@porthole/relay-contract';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../manual-clock.ts';
import { RecordingSeat } from './recording-seat.ts';
import { TextLine } from './text-line.ts';

function openLine() {
  const typed: string[] = [];
  const pictures: unknown[] = [];
  const line = new TextLine(
    {
      ready: () => undefined,
      picture: (seat) => pictures.push(seat),
      seatFault: () => undefined,
      toHost: (messages) => typed.push(...messages.map((bytes) => Buffer.from(bytes).toString())),
      noRoom: () => undefined,
      failed: () => undefined,
    },
    new ManualClock(),
  );
  line.start();
  const join = () => {
    const recording = new RecordingSeat();
    line.seatJoined(recording.seat);
    return recording;
  };
  return { line, join, typed, pictures };
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
});
