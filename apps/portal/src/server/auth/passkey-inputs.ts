import { z } from 'zod';
import { nameSchema } from '../inputs.ts';

const MAX_ID_CHARACTERS = 1_400;
const MAX_PART_CHARACTERS = 16_384;
const MAX_TRANSPORTS = 16;

const base64Url = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(/^[A-Za-z0-9_-]+$/);
const part = base64Url(MAX_PART_CHARACTERS);

/** What every answer of a device has; what browsers add of their own is left out. */
const common = {
  id: base64Url(MAX_ID_CHARACTERS),
  rawId: base64Url(MAX_ID_CHARACTERS),
  type: z.literal('public-key'),
};
const noExtensions = z
  .unknown()
  .optional()
  .transform(() => ({}));

/** A device made a passkey. */
export const passkeyToAddSchema = z.object({
  ...common,
  clientExtensionResults: noExtensions,
  response: z
    .object({
      clientDataJSON: part,
      attestationObject: part,
      transports: z.array(z.string().max(32)).max(MAX_TRANSPORTS).optional(),
    })
    .transform(({ transports, ...rest }) => ({
      ...rest,
      ...(transports === undefined ? {} : { transports }),
    })),
});

/** A device showed one. */
export const passkeyShownSchema = z.object({
  ...common,
  clientExtensionResults: noExtensions,
  response: z
    .object({
      clientDataJSON: part,
      authenticatorData: part,
      signature: part,
      userHandle: part.nullish(),
    })
    .transform(({ userHandle, ...rest }) => ({ ...rest, ...(userHandle == null ? {} : { userHandle }) })),
});

export const passkeyNameSchema = nameSchema(60);
