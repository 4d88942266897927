import Link from 'next/link';
import { Fragment, type ReactNode } from 'react';

export interface Crumb {
  href: string;
  label: string;
}

interface PageHeadProps {
  title: ReactNode;
  crumbs?: readonly Crumb[];
  crumbsLabel?: string;
  /** The one primary action of the page: top right, at the bottom of a phone. */
  action?: ReactNode;
  children?: ReactNode;
}

/** Crumbs, the `h1`, and the page's one action; a phone shows only the parent (design §2). */
export function PageHead({ title, crumbs = [], crumbsLabel, action, children }: PageHeadProps) {
  return (
    <header className="flex flex-wrap items-start gap-x-4 gap-y-2 pb-4">
      {/* As high without an action as with one: tabs below stay where they are from page to page. */}
      <div className="grid min-w-0 flex-1 content-start gap-1 sm:min-h-(--control)">
        {crumbs.length > 0 && (
          <nav aria-label={crumbsLabel} className="flex min-w-0 items-center gap-2 text-ink-2 text-sm">
            {crumbs.map((crumb, index) => (
              <Fragment key={crumb.href}>
                {index > 0 && <span aria-hidden>/</span>}
                <Link
                  href={crumb.href}
                  className="inline-flex min-h-6 items-center truncate hover:text-ink hover:underline [&:not(:last-of-type)]:max-sm:hidden"
                >
                  {crumb.label}
                </Link>
              </Fragment>
            ))}
            <span aria-hidden>/</span>
          </nav>
        )}
        <h1 className="font-semibold text-xl [overflow-wrap:anywhere]">{title}</h1>
        {children}
      </div>
      {action !== undefined && (
        <div className="flex flex-wrap gap-2 max-sm:fixed max-sm:inset-x-0 max-sm:bottom-14 max-sm:z-(--z-bar) max-sm:border-t max-sm:bg-surface max-sm:p-2 max-sm:[&>*]:flex-1 max-sm:[&>.contents>button]:flex-1">
          {action}
        </div>
      )}
    </header>
  );
}
