/**
 * As much of S3 and STS as `s3` and `backfill` need, in a process of its own: `node bucket-server-process.js FOLDER DELAY_MS` lists and
 * gives the files of a folder, whatever the bucket, each answer so many milliseconds late, and says who calls. Prints its port. It
 * ends with its standard input.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';

const [folder, delayMs] = process.argv.slice(2);
const MAX_KEYS = 1_000; // Amazon S3 API Reference, "ListObjectsV2"
const ACCOUNT = '111122223333';

const objects = new Map(
  readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith('.json.gz'))
    .toSorted()
    .map((name) => [name, readFileSync(join(folder, name))]),
);
const keys = [...objects.keys()];

const IDENTITY = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws:iam::${ACCOUNT}:user/ops</Arn><UserId>AIDAEXAMPLE</UserId><Account>${ACCOUNT}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`;

/** All keys and prefixes of ours are legal in XML, and in forms, as they are. */
function list(query) {
  const after = query.get('continuation-token') ?? query.get('start-after') ?? '';
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter');
  const page = new Map(); // by name, what it is in XML
  let isTruncated = false;
  for (const key of keys) {
    if (!key.startsWith(prefix)) continue;
    const end = delimiter === null ? -1 : key.indexOf(delimiter, prefix.length);
    const name = end < 0 ? key : key.slice(0, end + 1);
    if (name <= after || page.has(name)) continue;
    isTruncated = page.size === MAX_KEYS;
    if (isTruncated) break;
    page.set(
      name,
      end < 0
        ? `<Contents><Key>${key}</Key><Size>${objects.get(key).length}</Size></Contents>`
        : `<CommonPrefixes><Prefix>${name}</Prefix></CommonPrefixes>`,
    );
  }
  const next = isTruncated ? `<NextContinuationToken>${[...page.keys()].at(-1)}</NextContinuationToken>` : '';
  return `<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><IsTruncated>${isTruncated}</IsTruncated>${next}${[...page.values()].join('')}</ListBucketResult>`;
}

/** The bucket stands before the host, or before the key. */
function answer(path, query) {
  if (query.has('list-type')) return Buffer.from(list(query));
  const name = decodeURIComponent(path.slice(1));
  return objects.get(name) ?? objects.get(name.slice(name.indexOf('/') + 1));
}

const server = createServer((request, response) => {
  const [path, query = ''] = request.url.split('?', 2);
  const body = request.method === 'POST' ? Buffer.from(IDENTITY) : answer(path, new URLSearchParams(query));
  request.resume();
  setTimeout(() => {
    if (body === undefined) return response.writeHead(404).end();
    response.writeHead(200, { 'content-length': body.length, etag: '"1"' }).end(body);
  }, Number(delayMs));
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`));
process.stdin.resume().on('end', () => process.exit());
