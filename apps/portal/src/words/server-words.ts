import { createTranslator } from 'use-intl/core';
import words from './en.json';

/** The catalogue where no component is at hand: page titles, tests. */
export const serverWords = createTranslator({ locale: 'en', messages: words });
