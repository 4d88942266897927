import { type ClassValue, clsx } from 'clsx';

/** Joins class names. Two that set the same property are the caller's mistake: none of them is taken out here. */
export function classNames(...values: ClassValue[]): string {
  return clsx(values);
}
