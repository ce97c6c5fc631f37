import type { ResultCache, CachedResult } from '@whisper/shared/storage/result-cache';
import type { WorkerRegistry } from '@whisper/shared/storage/worker-registry';

/** A stored result, unless every live worker that has the model has another revision of it by now. */
export async function lookUpResult(
  results: ResultCache,
  workers: WorkerRegistry,
  resultKey: string,
  model: string,
): Promise<CachedResult | undefined> {
  const found = await results.get(resultKey);
  if (!found) return undefined;
  const current = workers.identitiesOf(model);
  const isCurrent = current.length === 0 || current.some(({ revision }) => revision === found.model.revision);
  return isCurrent ? found : undefined;
}
