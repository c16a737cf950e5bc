/** Images: what a test put there, with the snapshots that they are made of. */
import type { Context, Output } from '../../operation.ts';
import { ownResources } from '../common.ts';
import { checkFilters, type Filter, type Paging, pageOf } from './describe.ts';

interface Image {
  /** @default available */
  readonly imageState?: string;
  /** Ids of its snapshots. */
  readonly snapshots?: readonly string[];
}

const FILTERS = ['image-id'];

/** Those of the caller. */
export function describeImages(
  context: Context,
  { Filter: filters = [], ...paging }: Paging & { Filter?: readonly Filter[] },
): Output {
  checkFilters(filters, FILTERS);
  const images = ownResources<Image>(context, 'ec2', 'image').filter(({ name }) =>
    filters.every(({ Value = [] }) => Value.includes(name)),
  );
  const { page, nextToken } = pageOf(images, paging);
  return {
    imagesSet: page.map(({ name, account, details: { imageState = 'available', snapshots = [] } }) => ({
      imageId: name,
      imageState,
      imageOwnerId: account,
      rootDeviceType: 'ebs',
      blockDeviceMapping: snapshots.map((snapshotId, at) => ({
        deviceName: `/dev/sd${String.fromCharCode(97 + at)}`,
        ebs: { snapshotId, deleteOnTermination: true },
      })),
    })),
    ...(nextToken !== undefined && { nextToken }),
  };
}
