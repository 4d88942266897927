import { serverWords as t } from '../../words/server-words.ts';
import { SSO_ENDS } from './sso-ends.ts';

/** Stands in a sentence for a time that only the browser knows. */
export const TIME_MARK = '\u2007time\u2007';

/**
 * The words of the sign-in page, written by the server: the page that everybody loads first carries neither the
 * catalogue nor what formats it.
 */
export function signInWords() {
  return {
    email: t('signIn.email'),
    password: t('signIn.password'),
    submit: t('signIn.submit'),
    reset: t('signIn.reset'),
    signUp: t('signUp.offer'),
    busy: t('signIn.busy'),
    show: t('signIn.show'),
    hide: t('signIn.hide'),
    emailMissing: t('signIn.emailMissing'),
    passwordMissing: t('signIn.passwordMissing'),
    noMatchTitle: t('sign.no-match.title'),
    noMatchSentence: t('sign.no-match.sentence'),
    waitTitle: t('sign.wait.title', { time: TIME_MARK }),
    waitSentence: t('sign.wait.sentence'),
    busyTitle: t('sign.busy.title'),
    busySentence: t('sign.busy.sentence'),
    awayTitle: t('app.away.title'),
    awaySentence: t('app.away.sentence'),
    overTitle: t('factor.over.title'),
    overSentence: t('factor.over.sentence'),
    noPasskeyTitle: t('factor.passkey.title'),
    noPasskeySentence: t('factor.passkey.sentence'),
    unknownPasskeyTitle: t('factor.passkeyUnknown.title'),
    unknownPasskeySentence: t('factor.passkeyUnknown.sentence'),
    unsupportedTitle: t('factor.passkeyUnsupported.title'),
    unsupportedSentence: t('factor.passkeyUnsupported.sentence'),
    sso: t('signIn.sso'),
    ssoBusy: t('signIn.ssoBusy'),
    ssoBack: Object.fromEntries(
      SSO_ENDS.map((end) => [end, [t(`sso.back.${end}.title`), t(`sso.back.${end}.sentence`)] as const]),
    ),
    passkey: t('signIn.passkey'),
    passkeyBusy: t('factor.passkeyBusy'),
    insecureTitle: t('signIn.insecure.title'),
    insecureSentence: t('signIn.insecure.sentence'),
  };
}

/** The same for the page of the second factor. */
export function factorWords() {
  return {
    ...signInWords(),
    code: t('factor.code'),
    hint: t('factor.hint'),
    recovery: t('factor.recovery'),
    recoveryHint: t('factor.recoveryHint'),
    confirm: t('factor.confirm'),
    busy: t('factor.busy'),
    missing: t('factor.missing'),
    useRecovery: t('factor.useRecovery'),
    useCode: t('factor.useCode'),
    usePasskey: t('factor.usePasskey'),
    passkeyHint: t('factor.passkeyHint'),
    back: t('factor.back'),
    noMatchTitle: t('factor.no-match.title'),
    noMatchSentence: t('factor.no-match.sentence'),
  };
}

export type FactorWords = ReturnType<typeof factorWords>;
export type SignInWords = ReturnType<typeof signInWords>;
