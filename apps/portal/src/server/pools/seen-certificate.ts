import { z } from 'zod';

const wordsSchema = z.string().max(1_000);

/** What the worker writes about a certificate; names in it are the host's own words. */
export const seenCertificateSchema = z.object({
  fingerprint256: z.string().regex(/^[0-9A-F]{2}(?::[0-9A-F]{2}){31}$/),
  subject: wordsSchema,
  issuer: wordsSchema,
  validFrom: wordsSchema,
  validTo: wordsSchema,
  tlsVersion: wordsSchema,
});
export type SeenCertificate = z.infer<typeof seenCertificateSchema>;
