import type words from './en.json';

declare module 'use-intl' {
  interface AppConfig {
    Locale: 'en';
    Messages: typeof words;
  }
}
