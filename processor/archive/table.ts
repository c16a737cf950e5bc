/**
 * The archive as a table of the Glue Data Catalog. Its days are computed by partition projection, so nobody adds them; below a day
 * Athena reads all folders, so every account and region is found, also those that nobody knew of when the stack was made.
 * Source: Amazon Athena User Guide, "Set up partition projection", "Query AWS CloudTrail logs" (a location whose files lie in folders
 * below it), "Hive JSON SerDe" and "OpenX JSON SerDe".
 */
import { TAGGED_PREFIX } from './archive-key.ts';
import { COLUMNS, DAY_COLUMN } from './columns.ts';

export const TABLE_NAME = 'resources';

/** Glue takes small letters, digits and underscores ("DatabaseInput"), and so Athena needs no quotes. */
export function databaseName(name: string): string {
  return name.replaceAll('-', '_');
}

/** As queries write it. */
export function fullTableName(name: string): string {
  return `${databaseName(name)}.${TABLE_NAME}`;
}

/** CloudTrail is no older. */
const FIRST_DAY = '2013-11-01';

/** As CloudFormation's `AWS::Glue::Table` takes it. */
export function tableInput(bucket: string) {
  const location = `s3://${bucket}/${TAGGED_PREFIX}`;
  return {
    name: TABLE_NAME,
    description: 'What was created, by whom and what became of it: a line a resource',
    tableType: 'EXTERNAL_TABLE',
    partitionKeys: [asGlue(DAY_COLUMN)],
    parameters: {
      EXTERNAL: 'TRUE',
      classification: 'json',
      'projection.enabled': 'true',
      'projection.day.type': 'date',
      'projection.day.format': 'yyyy-MM-dd',
      'projection.day.range': `${FIRST_DAY},NOW`,
      'projection.day.interval': '1',
      'projection.day.interval.unit': 'DAYS',
      'storage.location.template': `${location}day=\${day}/`,
    },
    storageDescriptor: {
      location,
      columns: COLUMNS.map(asGlue),
      inputFormat: 'org.apache.hadoop.mapred.TextInputFormat',
      outputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
      compressed: true,
      serdeInfo: {
        // Of the OpenX SerDe the guide says that its results may vary; it also makes the keys of tags small.
        serializationLibrary: 'org.apache.hive.hcatalog.data.JsonSerDe',
      },
    },
  };
}

/** Glue takes 255 characters of a comment ("Column"). */
function asGlue({
  name,
  type,
  meaning,
}: {
  readonly name: string;
  readonly type: string;
  readonly meaning: string;
}) {
  return { name, type, comment: meaning.replaceAll('`', '').slice(0, 255) };
}
