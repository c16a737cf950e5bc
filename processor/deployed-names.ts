/** Names of what a deployment makes, by its own: what deploys and what asks for it later spell them alike. */

export interface DeployedNames {
  readonly function: string;
  /** The function that the bulk engines of a backfill invoke. */
  readonly backfillFunction: string;
  /** Takes events of CloudTrail from other regions and accounts, and has one rule, of its own name. */
  readonly eventBus: string;
  readonly batchRole: string;
  readonly stateMachine: string;
  readonly stateMachineRole: string;
}

/** A deployment that nobody has named. */
export const DEPLOYMENT = 'auto-tagger';

export function deployedNames(name: string): DeployedNames {
  return {
    function: name,
    backfillFunction: `${name}-backfill`,
    eventBus: `${name}-events`,
    batchRole: `${name}-batch-operations`,
    stateMachine: `${name}-backfill`,
    stateMachineRole: `${name}-backfill`,
  };
}
