import type { ReactNode } from 'react';
import { ConfirmYou } from '../../features/account/confirm-you.tsx';
import { InputNote } from '../../features/account/input-note.tsx';
import { SignedOutGuard } from '../../features/account/signed-out-guard.tsx';
import { TrpcProvider } from '../../trpc/trpc-provider.tsx';
import { LiveRegions } from '../../ui/live-region.tsx';
import { Toasts } from '../../ui/toast.tsx';
import { WordsProvider } from '../../words/words-provider.tsx';

/** Everything behind the sign-in. */
export default function InsideLayout({ children }: { children: ReactNode }) {
  return (
    <WordsProvider>
      <TrpcProvider>
        <SignedOutGuard>
          <InputNote />
          <LiveRegions>
            <Toasts>
              {children}
              <ConfirmYou />
            </Toasts>
          </LiveRegions>
        </SignedOutGuard>
      </TrpcProvider>
    </WordsProvider>
  );
}
