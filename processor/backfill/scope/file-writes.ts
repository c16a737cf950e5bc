/** What would be written for one log file: a line and a rate for each resource that it says was created. Nothing is tagged. */
import type { Bounds } from '../../../parser/bounds.ts';
import type { Creation, CreationOptions } from '../../../parser/event/creation.ts';
import { apiNamed } from '../../../tag-manager/apis/apis.ts';
import { rateOf } from '../../../tag-manager/services/call-rate.ts';
import type { LogFile } from '../../file/log-file.ts';
import { planFile, type Refusal } from '../../file/plan-file.ts';
import type { Write } from './estimate.ts';

export interface WritesOptions extends CreationOptions {
  readonly bounds: Bounds;
  /** Why a creation is not for us. */
  readonly refuse: (creation: Creation) => Refusal | undefined;
}

/** Throws what reading the file throws. */
export async function writesOf(
  file: LogFile,
  options: WritesOptions,
  signal: AbortSignal,
): Promise<readonly Write[]> {
  const { records, source } = await file.open(signal);
  const { creations } = await planFile(records, { ...options, source, signal });
  return creations.flatMap(({ account, resources }) =>
    resources.map(({ row, region }): Write => {
      const api = apiNamed(row.api);
      const { name, perSecond, scope } = rateOf(api, api.write.call);
      const callsAWrite = rateOf(api, api.read.call).name === name ? 2 : 1; // tags are read before they are written
      return {
        account,
        line: scope === 'account' ? name : `${name} in ${region}`,
        perSecond: perSecond / callsAWrite,
      };
    }),
  );
}
