/**
 * As much of S3 as `s3` needs, in a process of its own: `node s3-server-process.js FOLDER DELAY_MS` lists and gives the files of a folder,
 * whatever the bucket, each answer so many milliseconds late. Prints its port. It ends with its standard input.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';

const [folder, delayMs] = process.argv.slice(2);
const MAX_KEYS = 1_000; // Amazon S3 API Reference, "ListObjectsV2"

const objects = new Map(
  readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith('.json.gz'))
    .toSorted()
    .map((name) => [name, readFileSync(join(folder, name))]),
);
const keys = [...objects.keys()];

/** All keys and prefixes of ours are legal in XML as they are. */
function list(query) {
  const after = query.get('continuation-token') ?? query.get('start-after') ?? '';
  const prefix = query.get('prefix') ?? '';
  const left = keys.filter((key) => key > after && key.startsWith(prefix));
  const page = left.slice(0, MAX_KEYS);
  const isTruncated = left.length > page.length;
  const contents = page.map(
    (key) => `<Contents><Key>${key}</Key><Size>${objects.get(key).length}</Size></Contents>`,
  );
  const next = isTruncated ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : '';
  return `<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><IsTruncated>${isTruncated}</IsTruncated>${next}${contents.join('')}</ListBucketResult>`;
}

/** The bucket stands before the host, or before the key. */
function answer(path, query) {
  if (query.has('list-type')) return Buffer.from(list(query));
  const name = decodeURIComponent(path.slice(1));
  return objects.get(name) ?? objects.get(name.slice(name.indexOf('/') + 1));
}

const server = createServer((request, response) => {
  const [path, query = ''] = request.url.split('?', 2);
  const body = answer(path, new URLSearchParams(query));
  setTimeout(() => {
    if (body === undefined) return response.writeHead(404).end();
    response.writeHead(200, { 'content-length': body.length, etag: '"1"' }).end(body);
  }, Number(delayMs));
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`));
process.stdin.resume().on('end', () => process.exit());
