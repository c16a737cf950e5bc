/**
 * Creating calls that AWS's service models know and the tables do not: what whoever keeps the tables up to date has
 * to look at. A call counts as creating when it begins with a verb that some row's event begins with, its request takes
 * tags, and it is not itself a call that tags.
 */
import { catalogue } from '../../parser/catalogue/catalogue.ts';
import { LEFT_OUT, type LeftOutRow } from '../../parser/catalogue/left-out.ts';
import { apiNamed } from '../../tag-manager/apis/apis.ts';
import type { ServiceModel } from './service-model.ts';

export interface CreatingCall {
  /** Of the model: `ec2/2016-11-15`. */
  readonly model: string;
  /** Where its records most likely come from. */
  readonly eventSource: string;
  readonly eventName: string;
  /** The member of the request that takes tags. */
  readonly tags: string;
  /** It has a row, or stands among what is left out. */
  readonly isKnown: boolean;
}

export function creatingCallsOf(model: ServiceModel): readonly CreatingCall[] {
  const sources = eventSourcesOf(model);
  const [eventSource = ''] = sources;
  return model.operations.flatMap(({ name: eventName, members }) => {
    const tags = members.find(takesTags);
    if (tags === undefined || !isCreating(eventName)) return [];
    const isKnown = sources.some((source) => KNOWN.has(`${source} ${eventName}`));
    return [{ model: model.name, eventSource, eventName, tags, isKnown }];
  });
}

/** `Tags`, `TagList`, `TagSpecifications`, `HostedZoneTags`, `Config.Tags`. */
function takesTags(member: string): boolean {
  return /(tags|taglist|tagset|tagspecifications?)$/i.test(member);
}

function isCreating(name: string): boolean {
  return VERBS.has(verbOf(name)) && !/Tag(s|ging)?(To[A-Z]\w*)?$/.test(name.replace(/WithTags$/, ''));
}

/** The first word: `Create`. */
function verbOf(name: string): string {
  return /^[A-Z][a-z]+/.exec(name)?.[0] ?? name;
}

const ROWS = catalogue();

const VERBS: ReadonlySet<string> = new Set(ROWS.map(({ eventName }) => verbOf(eventName)));

/** Events as `eventSource eventName`, in every spelling. */
const KNOWN: ReadonlySet<string> = new Set([
  ...LEFT_OUT.flatMap((row) => spellingsOf(row, [])),
  ...ROWS.flatMap((row) => spellingsOf(row, row.otherNames ?? [])),
]);

function spellingsOf(
  {
    eventSource,
    otherSources = [],
    eventName,
  }: Pick<LeftOutRow, 'eventSource' | 'otherSources' | 'eventName'>,
  otherNames: readonly string[],
): readonly string[] {
  return [eventSource, ...otherSources].flatMap((source) =>
    [eventName, ...otherNames].map((name) => `${source} ${name}`),
  );
}

/** Sources of the events that the tagging APIs of a service serve, by the service's name in the SDK. */
const SOURCES_BY_SDK_ID: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  [...Map.groupBy(ROWS, ({ api }) => apiNamed(api).service.sdkId)].map(([sdkId, rows]) => [
    sdkId,
    new Set(rows.map(({ eventSource }) => eventSource)),
  ]),
);

/**
 * Most likely first. Mostly it is the name that requests are signed for; where it is not, the rows tell it that are tagged
 * through an API of the same service.
 */
function eventSourcesOf({ name, metadata }: ServiceModel): readonly string[] {
  const [folder = ''] = name.split('/');
  const { serviceId, signingName, endpointPrefix } = metadata;
  const named = [signingName ?? endpointPrefix, endpointPrefix, folder].map(
    (each) => `${each}.amazonaws.com`,
  );
  const tagged = SOURCES_BY_SDK_ID.get(serviceId) ?? new Set();
  return [...named.filter((source) => tagged.has(source)), ...tagged, ...named];
}
