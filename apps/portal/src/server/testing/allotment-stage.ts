import { applyAllotment } from '../allotment/apply-allotment.ts';
import type { AllotmentDraft } from '../allotment/draft.ts';
import { listAllotted } from '../allotment/list-allotted.ts';
import { previewAllotment } from '../allotment/preview-allotment.ts';
import { readAllotment } from '../allotment/read-allotment.ts';
import { addPoolRow, addVm, createFixture, eventsOf, type VmOptions } from './portal-fixture.ts';

export type AllotmentStage = Awaited<ReturnType<typeof setAllotmentStage>>;
type Slug = 'acme' | 'globex' | 'northgate';

export const rule = (
  kind: 'tag' | 'folder' | 'name',
  pattern: string,
  holder = 'acme',
): AllotmentDraft['rules'][number] => ({ kind, pattern, holder });

/** Organisations, people and, for each test, a pool of the provider without machines; and the use-cases as Olga calls them. */
export async function setAllotmentStage() {
  const fixture = await createFixture();
  const org = 'northgate';
  const olga = () => fixture.actor('olga');
  const whole = async (draft: Partial<AllotmentDraft>): Promise<AllotmentDraft> => {
    const [pool] = await fixture.sql('SELECT allotment_version FROM pool WHERE id = $1', [id]);
    return { version: Number(pool?.allotment_version), rules: [], hands: [], ...draft };
  };
  let id = '';
  const stage = {
    fixture,
    org,
    get id() {
      return id;
    },
    async newPool() {
      id = await addPoolRow(fixture);
      // Each test makes changes and looks at previews.
      await fixture.sql('DELETE FROM rate_counter');
    },
    preview: async (draft: Partial<AllotmentDraft>) =>
      previewAllotment(fixture.deps, await olga(), { org, id, draft: await whole(draft) }),
    apply: async (draft: Partial<AllotmentDraft>, seen?: string) =>
      applyAllotment(fixture.deps, await olga(), {
        org,
        id,
        draft: await whole(draft),
        seen: seen ?? (await stage.preview(draft)).seen,
      }),
    read: async () => readAllotment(fixture.deps, await olga(), { org, id }),
    list: async (q?: string, cursor?: number) =>
      listAllotted(fixture.deps, await olga(), { org, id, ...(q === undefined ? {} : { q }), cursor }),
    vm: (name: string, over: Partial<VmOptions> = {}) =>
      addVm(fixture, { name, poolId: id, holder: 'northgate', ...over }),
    /** Whose it is, and whether by hand. */
    async holderOf(vmId: string) {
      const [row] = await fixture.sql(
        'SELECT t.slug, v.by_hand FROM vm v JOIN tenant t ON t.id = v.tenant_id WHERE v.id = $1',
        [vmId],
      );
      return [row?.slug, row?.by_hand];
    },
    async epochOf(slug: Slug) {
      const [row] = await fixture.sql('SELECT authority_epoch FROM tenant WHERE slug = $1', [slug]);
      return BigInt(String(row?.authority_epoch));
    },
    /** What an organisation's log says of a machine. */
    told: async (tenant: Slug, vmId: string) =>
      (await eventsOf(fixture, tenant)).filter(({ target }) => Reflect.get(Object(target), 'id') === vmId),
  };
  return stage;
}
