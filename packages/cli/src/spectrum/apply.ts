import { differences, findApplication, withKeptSettings, type WorkerApplication } from "./application.ts";
import type { SpectrumApi } from "./spectrum-api.ts";

/**
 * Makes the zone have the application: creates it, updates the one that is there, or leaves it.
 *
 * @returns one line that says what was done. Running it again does nothing.
 */
export async function applyApplication(api: SpectrumApi, zoneId: string, planned: WorkerApplication): Promise<string> {
  const place = `${planned.dns.name} ${planned.protocol}`;
  const found = findApplication(await api.applications(zoneId), planned);
  if (found === undefined) return `created ${place} (application ${await api.create(zoneId, planned)})`;
  const wanted = withKeptSettings(planned, found);
  const changes = differences(found, wanted);
  if (changes.length === 0) return `nothing to do: ${place} is as planned (application ${found.id})`;
  await api.update(zoneId, found.id, wanted);
  return `updated ${place} (application ${found.id}): ${changes.join(", ")}`;
}
