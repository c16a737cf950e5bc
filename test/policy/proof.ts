/**
 * The proof of the policies: every call that the program makes is allowed by the roles of the synthesized templates, and nothing else
 * is. The calls are recorded in the sandbox, of every row of the catalogue, and judged by a simulator of IAM that knows AWS's
 * service authorization reference; `npm run prove` judges each of them strictly, and asks for every other action.
 */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { catalogue } from '../../parser/catalogue/catalogue.ts';
import { readServices, type Services } from '../../processor/file/services.ts';
import { undoPolicies } from '../../processor/policy/policies.ts';
import { apiNamed } from '../../tag-manager/apis/apis.ts';
import { ACCOUNT, OTHER_ACCOUNT } from '../helpers/events.ts';
import { size } from '../helpers/runs.ts';
import { type DeploymentName, SETTINGS_KEY } from '../infra/deployments.ts';
import { synthesized } from '../infra/synthesized.ts';
import { type Asked, askedOfKeys } from './asked.ts';
import { askedOfLambda, beside, FUNCTION_ROLE, TAG_KEYS } from './beside.ts';
import { type Deployed, deployed, documentsOf, HERE, IN_CHINA, IN_GOVCLOUD, type Role } from './deployed.ts';
import {
  actionsAsked,
  actionsOf,
  allowed,
  isRefused,
  oneOfEach,
  only,
  refused,
  sidsOf,
  some,
  withAction,
  without,
} from './judging.ts';
import type { Recorded } from './recording.ts';
import { ANYWHERE, onFirstType, otherActions } from './reference.ts';
import { createIam } from './simulate.ts';

/** The templates that the proof is about: of the first eight services, with all that can be encrypted and read; and of all services. */
export const PROVEN = ['topic', 'organization'] as const satisfies readonly DeploymentName[];
export type Proven = (typeof PROVEN)[number];

export interface Evidence {
  /** Of every row of the catalogue: what tagging asks. */
  readonly tagging: readonly Recorded[];
  /** The same in China. */
  readonly inChina: readonly Recorded[];
  /** What taking tags away asks, of each API. */
  readonly undoing: readonly Recorded[];
  /** What the function of each template asks. */
  readonly own: Readonly<Record<Proven, readonly Recorded[]>>;
}

const { deployments } = synthesized();

export const stackOf = (name: Proven, place = HERE): Deployed =>
  deployed(deployments[name], 'auto-tagger', place);

/** In another account, for the function of ours. */
const memberRoleOf = (name: Proven): Role =>
  deployed(deployments[name], 'other-accounts-auto-tagger-member-role', {
    FunctionAccount: ACCOUNT,
    'AWS::AccountId': OTHER_ACCOUNT,
  }).role('auto-tagger');

/** Those that AWS cannot limit to keys, as the rows say; another test compares that with the reference. */
const ANY_KEYS = new Set(catalogue().flatMap(({ api }) => apiNamed(api).actions.anyKeys ?? []));

/** Registers the tests. */
export function provePolicies(evidence: () => Evidence): void {
  describe.each([
    ['the first eight services', 'topic'],
    ['all services', 'organization'],
  ] as const)('of a template for %s', (_, name) => {
    const stack = stackOf(name);
    const isChosen = readServices(stack.environment.SERVICES ?? '');
    const role = stack.role(FUNCTION_ROLE);
    const member = memberRoleOf(name);
    const documents = documentsOf(role);
    const iam = createIam(documents, role.arn, member.trust);
    let here: readonly Asked[];
    let there: readonly Asked[];
    let changes: readonly Asked[];

    beforeAll(() => {
      const { tagging, own } = evidence();
      const chosen = chosenOf(tagging, isChosen);
      const keys = { ...stack.keys, settings: name === 'topic' ? SETTINGS_KEY : undefined };
      const mine = [...own[name], ...askedOfLambda(stack)];
      const all = [...chosen, ...mine, ...mine.flatMap((each) => askedOfKeys(each, keys))];
      const isHere = ({ account, action }: Asked) => account === ACCOUNT || action === 'sts:AssumeRole';
      here = all.filter(isHere);
      there = all.filter((each) => !isHere(each));
      changes = here.filter(({ context }) => TAG_KEYS in context);
    });

    test('the roles keep within the sizes of IAM, in every partition', () => {
      for (const place of [HERE, IN_CHINA, IN_GOVCLOUD]) {
        for (const { inline, managed } of [stackOf(name, place).role(FUNCTION_ROLE), member]) {
          expect(managed.length).toBeLessThanOrEqual(10);
          for (const each of managed) expect(JSON.stringify(each).length).toBeLessThanOrEqual(6_144);
          expect(JSON.stringify(inline).length).toBeLessThanOrEqual(10_240);
        }
      }
    });

    test('every call that the program makes is allowed', async () => {
      expect(await refused(here, iam)).toEqual([]);
      expect(changes.every(({ context }) => (context[TAG_KEYS] ?? []).length > 0)).toBe(true);
    });

    test('so is tagging in China, by the same template', async () => {
      const inChina = chosenOf(evidence().inChina, isChosen);
      expect(inChina.map(({ action }) => action)).toContain('ec2:CreateTags');
      const chinese = stackOf(name, IN_CHINA).role(FUNCTION_ROLE);
      expect(
        await refused(size(oneOfEach(inChina), inChina), createIam(documentsOf(chinese), chinese.arn)),
      ).toEqual([]);
    });

    test('no action is granted that the program does not call, and each that it calls is', () => {
      expect(actionsOf(documents)).toEqual(actionsAsked(here));
    });

    test('no statement could be left out', async () => {
      for (const sid of sidsOf(documents)) {
        const less = documents.map((document) => without(document, sid));
        const named = actionsOf(documents.map((document) => only(document, sid)));
        const touched = here.filter(({ action }) => named.includes(action));
        expect([sid, await isRefused(touched, createIam(less, role.arn, member.trust))]).toEqual([sid, true]);
      }
    });

    test('with an action more, it would be seen', () => {
      for (const at of documents.keys()) {
        const more = documents.map((document, index) =>
          index === at ? withAction(document, 's3:DeleteObject') : document,
        );
        expect(actionsOf(more)).not.toEqual(actionsAsked(here));
      }
    });

    test('other keys beside ours are denied, and changes that name no key', async () => {
      const limited = some(oneOfEach(changes.filter(({ action }) => !ANY_KEYS.has(action))));
      const withForeign = limited.map((each) => ({
        ...each,
        context: { [TAG_KEYS]: ['CreatedBy', 'Team-2'] },
      }));
      const withoutKeys = limited.map((each) => ({ ...each, context: {} }));
      expect(limited.length).toBeGreaterThanOrEqual(7);
      expect(await allowed([...withForeign, ...withoutKeys], iam)).toEqual([]);
    });

    test('changes in another account are denied, where the ARN tells it', async () => {
      const elsewhere = some(
        oneOfEach(changes.filter(({ resource }) => resource.includes(`:${ACCOUNT}:`))),
      ).map((each) => ({ ...each, resource: each.resource.replace(`:${ACCOUNT}:`, `:${OTHER_ACCOUNT}:`) }));
      expect(await allowed(elsewhere, iam)).toEqual([]);
    });

    test('every other action of the services is denied, deletions among them', async () => {
      const others = await otherActions(actionsOf(documents));
      const deletions = others.filter((action) => /:(Delete|Terminate|Destroy)/.test(action));
      expect(deletions.length).toBeGreaterThan(150);
      const sample = await Promise.all(others.filter((_, at) => size(at % 400 === 0, true)).map(onFirstType));
      expect(await allowed(sample, iam, 'wholly')).toEqual([]);
    });

    test('what lies beside what is granted is denied', async () => {
      expect(await allowed(beside(stack, isChosen), iam)).toEqual([]);
    });

    test('a statement of its own with a wider resource, or without its condition, would be seen', async () => {
      const unseen: string[] = [];
      for (const statement of role.inline.flatMap(({ Statement }) => Statement)) {
        const { Condition, ...unlimited } = statement;
        const wider = [{ ...statement, Resource: '*' }, ...(Condition === undefined ? [] : [unlimited])];
        for (const each of wider) {
          const judge = createIam([{ Version: '2012-10-17', Statement: [each] }], role.arn, member.trust);
          if ((await allowed(beside(stack, isChosen), judge)).length === 0) unseen.push(`${each.Sid}`);
        }
      }
      expect(unseen).toEqual([]);
    });

    test('the role in other accounts allows what is done there, and nothing of our own', async () => {
      expect(there.map(({ action }) => action)).toContain('ec2:CreateTags');
      const judge = createIam(documentsOf(member), member.arn);
      expect(await refused(there, judge)).toEqual([]);
      expect(await allowed([...beside(stack, isChosen), ...here.filter(isOwn)], judge)).toEqual([]);
    });

    test('who undoes a run may take our tags away, put back what they had replaced, and nothing else', async () => {
      const taken = chosenOf(evidence().undoing, isChosen);
      const undo = undoPolicies({
        ...ANYWHERE,
        services: isChosen,
        keys: ['CreatedBy'],
        allow: [],
        asksPerson: true,
      });
      const judge = createIam(undo, role.arn);
      expect(await refused(taken, judge)).toEqual([]);
      const used = new Set(taken.map(({ action }) => action));
      const rest = actionsOf(undo).filter((action) => !used.has(action));
      expect(rest.filter((action) => !isReading(action))).toEqual([]);
      const withForeign = some(
        oneOfEach(taken.filter(({ action }) => !ANY_KEYS.has(action) && !isReading(action))),
      ).map((each) => ({
        ...each,
        context: { [TAG_KEYS]: ['Team-2'] },
      }));
      expect(await allowed(withForeign, judge)).toEqual([]);
    });
  });
}

/** By the rows: what an API reads by. */
const READS = new Set(
  catalogue().flatMap(({ api }) => {
    const { actions, createdAt, members } = apiNamed(api);
    const readings = [createdAt, members].flatMap((each) => Object.values(each).map(({ action }) => action));
    return [actions.read, ...(actions.optional ?? []).map(({ action }) => action), ...readings];
  }),
);
const isReading = (action: string): boolean => READS.has(action) && !ANY_KEYS.has(action);

const chosenOf = (asked: readonly Recorded[], isChosen: Services): readonly Recorded[] =>
  asked.filter(({ service }) => service !== undefined && isChosen(service));

const isOwn = ({ action }: Asked): boolean =>
  /^(sts:AssumeRole|kms:(Decrypt|GenerateDataKey)|s3:(GetObject|GetObjectVersion|PutObject|ListBucket)|dynamodb:(PutItem|Query|UpdateItem)|sqs:(SendMessage|ReceiveMessage|DeleteMessage)|sns:Publish|ssm:GetParameter|logs:\w+Log\w+)$/.test(
    action,
  );
