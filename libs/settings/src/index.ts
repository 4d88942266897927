export { readSettings, SettingsError } from './read-settings.ts';
export {
  egressShape,
  keyFilesSchema,
  listSchema,
  logLevelSchema,
  noDemoInProduction,
  portSchema,
} from './schemas.ts';
