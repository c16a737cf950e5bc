/** docs/permissions.md, made of the tables: `npm run permissions-docs` writes it, and a test keeps it equal to them. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { catalogue } from '../../parser/catalogue/catalogue.ts';
import { parentRows } from '../../parser/parents/rows.ts';
import type { Api } from '../../tag-manager/apis/api.ts';
import { apiNamed, apiNames } from '../../tag-manager/apis/apis.ts';
import { LAUNCH_ROWS } from '../../tag-manager/launch/rows.ts';
import { TABLE_ACTIONS } from '../../tag-manager/store/table.ts';
import { DIGEST_ACTION } from '../backfill/digests/digest-reasons.ts';
import { SOURCE_ACTIONS } from '../runtime/sources/source.ts';
import { sorted } from './document.ts';
import { FIRST_SERVICES } from './policies.ts';
import { REACH } from './reach.ts';
import { MAX_CHARACTERS, MAX_POLICIES } from './split.ts';

/** The text of the document. */
export function permissionsDocument(): string {
  const apis = apiNames().toSorted().map(apiNamed);
  return `# Permissions

\`auto-tagger policy\` prints the IAM policies for your services and settings ([Command line](command-line.md)); what deploys the function makes
the same. This page says what they hold, and is made of the same tables: the rows in \`tag-manager/apis/services/\` name the
actions, those in \`parser/catalogue/services/\` the ARNs. A test makes every call of the program in a simulated AWS and has a simulator of
IAM judge it by the roles of the synthesized templates: each call is allowed, and no other action is granted.

## What they grant

| statement | grants | on |
|---|---|---|
| \`Tag\` | to add tags under our keys alone: \`aws:TagKeys\` has only those that the settings name, and is there | the ARNs of what is tagged |
| \`TagEc2\` | the same, and not as part of a call that creates: without \`ec2:CreateAction\` | the ARNs of EC2; images and snapshots without an account, IPAM without a region |
| \`TagAnyKeys\` | to add tags, where AWS cannot limit the keys (below) | the ARNs of what is tagged |
| \`TagUnscoped\`, \`TagUnscopedAnyKeys\` | the same two, where AWS cannot limit the resource (below) | \`*\` |
| ${REACH.abroad.map((service) => `\`Tag${capitalized(service)}\``).join(', ')} | as \`Tag\`: their actions reach resources of other services too, so they stand apart | the ARNs of that service |
| \`Untag\` | to take tags of our keys away: from members that were tagged with their group; with \`--undo\` of all that is tagged | the ARNs of those |
| \`Retag\`, and with the same endings | \`Tag\` and \`Untag\` in one, with \`--undo\`: what our tags had replaced is put back | the ARNs of what is tagged |
| \`ReadTags\` | to read tags, the members of a group, when something was made, and what was made on the way to it | \`*\` |
| \`ReadTagsOn\` | the same, by actions that read more than that | the ARNs of what is tagged |
| \`ReadLogs\`, \`ListLogs1\` … | \`s3:GetObject\`, \`s3:GetObjectVersion\`; \`s3:ListBucket\` | below \`AWSLogs/\` and what stands before it |
| \`DecryptLogs\` | \`kms:Decrypt\`, through S3 alone (\`kms:ViaService\`) | the keys that log files are encrypted with; their key policies have to allow it too |
| \`Store\` | ${TABLE_ACTIONS.map(code).join(', ')} | the table, and nothing on its indexes |
| \`Send\`, \`Receive\` | \`sqs:SendMessage\`; what Lambda needs to read a queue, and \`sqs:ChangeMessageVisibility\` | the queues that are named |
| \`QueueKey\`, \`AlertKey\` | \`kms:Decrypt\` and \`kms:GenerateDataKey\`, through SQS or SNS alone | the keys that the queues and the topic are encrypted with |
| \`Alert\` | \`sns:Publish\` | the topic of alerts |
| \`ReadParameters\`, \`ReadRules\` | ${SOURCE_ACTIONS.parameter.actions.map(code).join(', ')}; ${SOURCE_ACTIONS.object.actions.map(code).join(', ')} | the parameters and objects that the settings name |
| \`DecryptParameters\`, \`DecryptRules\` | \`kms:Decrypt\`, for those parameters through Parameter Store alone (\`kms:EncryptionContext:PARAMETER_ARN\`), and through S3 alone | the keys that they are encrypted with |
| \`AssumeMemberRole\` | \`sts:AssumeRole\` | the role of that name, in one organization (\`aws:ResourceOrgID\`) or in accounts that are listed |
| \`Archive\` | \`s3:PutObject\`, \`s3:AbortMultipartUpload\` | \`tagged/*\` and \`unknown/*\` of the bucket of the archive |
| \`ArchiveKey\` | \`kms:Decrypt\`, \`kms:GenerateDataKey\`, through S3 alone | the key that this bucket is encrypted with; its key policy has to allow it too |
| \`ReadRuns\`, \`KeepRuns\` | \`s3:GetObject\` of what a run is about, \`s3:PutObject\` of its journal | \`runs/*/run.json\` and \`runs/*/journal/*\` of the bucket for backfills that AWS carries out |
| \`VerifyDigests\` | ${code(DIGEST_ACTION)}, with \`--verify-digests\` | \`*\` |

Where tags name persons (\`CREATED_BY=person\`, \`{creator.person}\`, \`{person.COLUMN}\`, any \`RULE_TAG_KEYS\`), \`ReadTags\` also reads the tags of what resources of your services may be made for
([Parents](configuration.md#parents)), whatever services are tagged, and nothing is written there:

${table(['parent', 'reads', 'of what is made by'], parentRowsOf())}

Without a choice of services they are for ${FIRST_SERVICES.split(',').map(code).join(', ')}. The ARNs of a service are joined to one where its
tag actions reach no type but those that are tagged; else each type has its own. A managed policy has at most
${MAX_CHARACTERS.toLocaleString('en-US')} characters and a role ${MAX_POLICIES} of them, so there may be several, and all are needed. All services fit into ${MAX_POLICIES}, in
every partition (\`*\` stands for its name, which is longer in some), with ten tag keys; with many more it says which services to
leave out. AWS raises the ${MAX_POLICIES} to 20 for those who ask.

The role of the function also writes its log: the stack grants that on its own log groups (\`Log\`); where you make the role yourself,
\`AWSLambdaBasicExecutionRole\` does. A resource whose own policy denies it, or a KMS
key whose key policy does not let the policies of the account decide, cannot be tagged whatever these policies say.

\`who\` and \`why\` ask with the credentials of whoever runs them, and take \`cloudtrail:LookupEvents\` beside reading tags ([who.md](who.md#what-it-takes)).

## What AWS cannot limit

These actions take any key of tags, so whoever has them can change all tags of the resource:

${table(['action', 'on'], anyKeyRows(apis))}

These can be granted for \`*\` only:

${table(['action', 'keys'], unscopedRows(apis))}

These do more than change or read tags, so \`SERVICES=all\` leaves their services out until they are named:

${table(['action', 'what it does', 'API'], beyondRows(apis))}

These are left out until they are named, with \`--allow\`, and it works without them:

${table(['action', 'what for'], onDemandRows(apis))}

## Members

Where the service writes the tags of a resource on its members too, what they bore is read before and put back after. That
takes the actions of the API on the members' ARNs as well, and these besides; without the first, such a resource is not
tagged:

${table(['resource', 'lists its members', 'removes from them what they did not bear', 'on'], memberRows(apis))}

## What a call makes on its way

What no record names is asked for; without the action the rest of the call is tagged all the same, and the report says what could not be
looked up:

${table(['made', 'on the way to', 'is told by'], launchRows())}

## By API

An API is named after its service and the call that adds tags; a third part tells apart the types of resources that one
call serves in different ways. Where the last column names an ARN, the calls are authorized against that and not against
the resource's own ARN. [coverage.md](coverage.md) has the same by service, beside the calls whose resources they tag.

${table(['API', 'reads', 'adds', 'takes away', 'authorized against'], apis.map(rowOf))}
`;
}

type Cells = readonly (string | undefined)[];

function rowOf({ name, actions, authorizedAs }: Api): Cells {
  const { read, write, remove } = actions;
  return [name, code(read), code(write), code(remove), authorizedAs && code(authorizedAs)];
}

function anyKeyRows(apis: readonly Api[]): readonly Cells[] {
  const scopeOf = ({ actions: { unscoped = [] } }: Api, action: string) =>
    unscoped.includes(action) ? '`*`' : 'the ARNs of what is tagged';
  const rows = apis.flatMap((api) =>
    (api.actions.anyKeys ?? []).map((action) => [action, scopeOf(api, action)] as const),
  );
  return [...new Map(rows)].map(([action, on]) => [code(action), on]);
}

function unscopedRows(apis: readonly Api[]): readonly Cells[] {
  const changes = apis.flatMap(({ actions: { write, remove, unscoped = [], anyKeys = [] } }) =>
    [write, remove]
      .filter((action) => unscoped.includes(action))
      .map((action) => [action, anyKeys.includes(action) ? 'any' : 'ours'] as const),
  );
  return [...new Map(changes)].map(([action, keys]) => [code(action), keys]);
}

function beyondRows(apis: readonly Api[]): readonly Cells[] {
  return apis.flatMap(({ name, actions: { beyond = [] } }) =>
    beyond.map(({ action, does }) => [code(action), does, name]),
  );
}

function onDemandRows(apis: readonly Api[]): readonly Cells[] {
  return apis.flatMap(({ actions: { optional = [], anyKeys = [] } }) =>
    optional
      .filter(({ action }) => anyKeys.includes(action))
      .map(({ action, purpose }) => [code(action), purpose]),
  );
}

/** Each type once: some are named in several ways. */
function parentRowsOf(): readonly Cells[] {
  const byType = Map.groupBy(parentRows(), ({ resourceType }) => resourceType);
  return [...byType].flatMap(([type, rows]) => {
    const row = catalogue().find(({ resourceType }) => resourceType === type);
    if (row === undefined) return [];
    const sources = rows.flatMap(({ calls = [], sources = [] }) => [
      ...calls.map((call) => call.split(' ')[0] ?? ''),
      ...sources,
    ]);
    const services = sorted(sources.map((source) => code(source.replace('.amazonaws.com', ''))));
    return [[code(type), code(apiNamed(row.api).actions.read), services.join(', ')]];
  });
}

function memberRows(apis: readonly Api[]): readonly Cells[] {
  return apis.flatMap(({ members, actions: { remove } }) =>
    Object.entries(members).map(([type, { action, arn }]) => [
      code(type),
      code(action),
      code(remove),
      code(arn),
    ]),
  );
}

function launchRows(): readonly Cells[] {
  return LAUNCH_ROWS.map(({ resourceType, madeWith, action }) => [
    code(resourceType),
    code(madeWith),
    code(action),
  ]);
}

function table(head: readonly string[], rows: readonly Cells[]): string {
  const lines = [head, head.map(() => '---'), ...rows].map((cells) =>
    ['', ...cells.map((cell) => (cell === undefined ? ' ' : ` ${cell} `)), ''].join('|'),
  );
  return lines.join('\n').replaceAll(' --- ', '---');
}

function code(text: string): string {
  return `\`${text}\``;
}

function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

if (import.meta.main) {
  writeFileSync(fileURLToPath(new URL('../../docs/permissions.md', import.meta.url)), permissionsDocument());
}
