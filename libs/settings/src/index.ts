export { readSettings, SettingsError } from './read-settings.ts';
export {
  egressShape,
  keyFilesSchema,
  listSchema,
  logLevelSchema,
  noDemoInProduction,
  originSchema,
  portSchema,
} from './schemas.ts';
