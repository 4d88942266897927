import { notFound } from 'next/navigation';
import { loadEnv } from '../../../env.ts';
import { SignUpPage } from '../../../features/links/sign-up-page.tsx';

export default function Page() {
  if (!loadEnv().signUp) notFound();
  return <SignUpPage />;
}
