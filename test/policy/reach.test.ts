/** How far tag actions reach, as the policies take it for granted, against AWS's service authorization reference. */
import { expect, test } from '@jest/globals';
import { REACH } from '../../processor/policy/reach.ts';
import { reachOf, rowsByService } from './reference.ts';

test('services whose tag actions reach types that we have no row for, or other services, are known', async () => {
  const services = [...rowsByService().keys()].sort();
  const reaches = await Promise.all(services.map(reachOf));
  const where = (kind: 'others' | 'abroad') =>
    services.filter((_, at) => (reaches[at]?.[kind].length ?? 0) > 0);
  expect(REACH.others).toEqual(where('others'));
  expect(REACH.abroad).toEqual(where('abroad'));
});
