/**
 * Questions that the archive answers, as SQL: the stack keeps them in its workgroup of Athena, and docs/archive.md shows them. What
 * was brought more than once, or told by an event and by a log file, has several lines: a question takes the last of them.
 */

export interface Query {
  /** Also in the console of Athena. */
  readonly name: string;
  readonly meaning: string;
  /** What stands for each `?` in it. */
  readonly asks?: string;
  readonly sql: (table: string) => string;
}

/** Days, as the folders have them. */
const LAST_MONTH = "date_trunc('month', current_date) - interval '1' month";
const LAST_MONTH_BEGINS = `CAST(CAST(${LAST_MONTH} AS date) AS varchar)`;
const NINETY_DAYS_AGO = "CAST(CAST(current_date - interval '90' day AS date) AS varchar)";
const A_YEAR_AGO = "CAST(CAST(date_trunc('month', current_date) - interval '12' month AS date) AS varchar)";

/** Log files come after what they tell of, so no later day is left out. */
const IN_LAST_MONTH = `substr(event_time, 1, 7) = substr(${LAST_MONTH_BEGINS}, 1, 7)`;

/** The last line of each resource of each call, in the folders from a day on. */
function latest(table: string, from?: string): string {
  const where = from === undefined ? '' : `\n    WHERE day >= ${from}`;
  return `WITH latest AS (
  SELECT * FROM (
    SELECT *, row_number() OVER (
      PARTITION BY account, event_id, arn
      ORDER BY metadata.ingestion_time DESC, source_file
    ) AS place
    FROM ${table}${where}
  ) AS lines
  WHERE place = 1
)`;
}

export const QUERIES: readonly Query[] = [
  {
    name: 'who-made-what',
    meaning: 'Who made how much of what last month, in which account and region',
    sql: (table) => `${latest(table, LAST_MONTH_BEGINS)}
SELECT person, account, region, type, count(*) AS resources
FROM latest
WHERE ${IN_LAST_MONTH}
GROUP BY person, account, region, type
ORDER BY resources DESC, person, account, region, type`,
  },
  {
    name: 'by-cost-centre',
    meaning:
      'What was made last month by the tag `CostCentre`, whether we want it on the resource or the request set it; take another key where yours is called otherwise',
    sql: (table) => `${latest(table, LAST_MONTH_BEGINS)}
SELECT
  coalesce(element_at(tags, 'CostCentre'), element_at(request_tags, 'CostCentre'), 'none') AS cost_centre,
  account, service, count(*) AS resources
FROM latest
WHERE ${IN_LAST_MONTH}
GROUP BY 1, 2, 3
ORDER BY cost_centre, resources DESC, account, service`,
  },
  {
    name: 'untagged-remainder',
    meaning:
      'What was made in the last 90 days, is still there as far as we know, and does not bear our tags',
    sql: (table) => `${latest(table, NINETY_DAYS_AGO)}
SELECT arn, outcome, reason, person, account, region, event_time
FROM latest
WHERE outcome NOT IN ('tagged', 'gone')
ORDER BY account, region, outcome, event_time, arn`,
  },
  {
    name: 'history-of-a-resource',
    meaning: 'Every creation of one resource, whoever made it, over all years',
    asks: 'the ARN, in single quotes',
    sql: (table) => `${latest(table)}
SELECT event_time, event_name, person, creator, parent, outcome, event_id, source_file
FROM latest
WHERE arn = ?
ORDER BY event_time, event_id`,
  },
  {
    name: 'by-month-and-account',
    meaning: 'How much each account made of each service, by month, in this month and the twelve before it',
    sql: (table) => `${latest(table, A_YEAR_AGO)}
SELECT substr(event_time, 1, 7) AS month, account, service,
  count(*) AS resources, count(DISTINCT person) AS people
FROM latest
WHERE event_time >= ${A_YEAR_AGO}
GROUP BY 1, 2, 3
ORDER BY month, account, service`,
  },
];

/** As docs/archive.md shows them, of the table of a stack that has the name `auto-tagger`. */
export function queriesText(table: string): string {
  return QUERIES.map(({ name, meaning, asks, sql }) => {
    const parameter = asks === undefined ? '' : ` \`?\` is ${asks}.`;
    return `### ${name}\n\n${meaning}.${parameter}\n\n\`\`\`sql\n${sql(table)}\n\`\`\``;
  }).join('\n\n');
}
