import { byClass, type ModelClass } from '@whisper/shared/contracts/identifiers';
import type { ClassView, Overview } from '@whisper/shared/overview/overview';
import type { Status } from './describe-status.ts';

/** What a tenant may know of the system: how much of its own waits, and how long the queues are. */
export interface TenantStatus extends Pick<Overview, 'at' | 'intake' | 'classes' | 'queues'> {
  readonly models: Readonly<Record<string, { readonly class: ModelClass; readonly localTo: number }>>;
}

/** No job, model in use, cache or name of anybody else. */
export function forTenant(status: Status, tenant: string): TenantStatus {
  const { at, classes, intake, models, queues } = status;
  const own = ({ tenants, ...totals }: ClassView): ClassView => ({
    ...totals,
    tenants: tenants.filter((each) => each.tenant === tenant),
  });
  const known = Object.entries(models).map(([name, { class: modelClass, localTo }]) => [
    name,
    { class: modelClass, localTo },
  ]);
  return {
    ...{ at, intake, queues },
    classes: byClass((each) => own(classes[each])),
    models: Object.fromEntries(known) as TenantStatus['models'],
  };
}
