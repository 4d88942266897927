/** The ends that the share dialog offers; `custom` asks for a date and a time. */
export const UNTIL_CHOICES = ['hour', 'evening', 'week', 'never', 'custom'] as const;
export type UntilChoice = (typeof UNTIL_CHOICES)[number];

const HOUR_MS = 3_600_000;
const EVENING_HOUR = 18;
const FRIDAY = 5;

/**
 * The moment of a choice. `evening` is today at 18:00, `week` the coming Friday at 18:00; both are left out (null)
 * once they have passed or would be the same.
 *
 * @returns null where the choice has no moment of its own now
 */
export function momentOf(choice: UntilChoice, now: Date): Date | null {
  switch (choice) {
    case 'hour':
      return new Date(now.getTime() + HOUR_MS);
    case 'evening': {
      const evening = atEvening(now);
      return evening > now ? evening : null;
    }
    case 'week': {
      const friday = atEvening(now);
      friday.setDate(friday.getDate() + ((FRIDAY - friday.getDay() + 7) % 7 || 7));
      return friday;
    }
    case 'never':
    case 'custom':
      return null;
  }
}

/** Whether the choice can be made now. */
export function isOffered(choice: UntilChoice, now: Date): boolean {
  return choice === 'never' || choice === 'custom' || momentOf(choice, now) !== null;
}

function atEvening(day: Date): Date {
  const evening = new Date(day);
  evening.setHours(EVENING_HOUR, 0, 0, 0);
  return evening;
}
