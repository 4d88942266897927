import { NothingHere } from '../features/navigation/nothing-here.tsx';

export default function NotFound() {
  return (
    <main className="mx-auto w-full max-w-[68ch] px-4">
      <NothingHere href="/organisations" />
    </main>
  );
}
