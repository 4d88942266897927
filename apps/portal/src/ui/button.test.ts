import { jsx } from 'react/jsx-runtime';
import { renderToString } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { Button } from './button.tsx';

const sent = (type: 'submit' | 'button') => renderToString(jsx(Button, { type, children: 'Sign in' }));

describe('a button as the server sends it', () => {
  it('submits nothing while the page has no scripts, and by that neither does Enter in a field', () => {
    expect(sent('submit')).toMatch(/<button[^>]* disabled=""/);
  });

  it('is an ordinary one where it submits nothing', () => {
    expect(sent('button')).not.toContain('disabled=""');
  });
});
