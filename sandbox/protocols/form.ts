/** Query requests: a flat form whose keys are paths (`Tags.member.1.Key`), read into nested values. */
import type { Input } from '../operation.ts';

type Node = string | { [key: string]: Node };

/** The form's fields as nested objects and lists. Every leaf is a string, as on the wire. */
export function readForm(form: URLSearchParams): Input {
  return valuesOf(treeOf(form), true);
}

/** As `readForm`, with the elements that lists are wrapped in. */
export function readWrappedForm(form: URLSearchParams): Input {
  return valuesOf(treeOf(form), false);
}

type Tree = { [key: string]: Node };

function treeOf(form: URLSearchParams): Tree {
  const root: Tree = {};
  for (const [path, value] of form) {
    const keys = path.split('.');
    let node = root;
    for (const key of keys.slice(0, -1)) {
      const next = node[key];
      if (typeof next === 'object') node = next;
      else {
        const child = {};
        node[key] = child;
        node = child;
      }
    }
    node[keys.at(-1) ?? ''] = value;
  }
  return root;
}

function valuesOf(root: Tree, unwraps: boolean): Input {
  return Object.fromEntries(Object.entries(root).map(([key, node]) => [key, toValue(node, unwraps)]));
}

/** `{1: a, 2: b}` is a list; so is `{member: [a, b]}`, because query lists wrap their items in an element. */
function toValue(node: Node, unwraps: boolean): unknown {
  if (typeof node === 'string') return node;
  const keys = Object.keys(node);
  if (keys.every((key) => /^\d+$/.test(key))) {
    return keys.sort((a, b) => Number(a) - Number(b)).map((key) => toValue(node[key] ?? '', unwraps));
  }
  const entries = keys.map((key): [string, unknown] => [key, toValue(node[key] ?? '', unwraps)]);
  const only = unwraps && entries.length === 1 ? entries[0] : undefined;
  const isWrapped = only && ITEM_ELEMENTS.has(only[0]) && Array.isArray(only[1]);
  return isWrapped ? only[1] : Object.fromEntries(entries);
}

/** The names of list items in the query services that the sandbox models (their SDK clients' schemas, `xmlName`). */
const ITEM_ELEMENTS = new Set([
  'member',
  'entry',
  'Tag',
  'DBInstance',
  'Filter',
  'Value',
  'VpcSecurityGroupId',
  'SecurityGroupId',
  'AvailabilityZone',
  'CacheSecurityGroupName',
  'LogDeliveryConfigurationRequest',
]);
