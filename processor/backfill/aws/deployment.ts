/** What is deployed, as far as bulk engines need it; found by its name (`find-deployment.ts`). */

export interface Deployment {
  readonly name: string;
  readonly partition: string;
  readonly account: string;
  readonly region: string;
  /** Of the backfill function. */
  readonly functionArn: string;
  /** That it runs with: it tags. */
  readonly roleArn: string;
  /** Its public variables, by name. */
  readonly settings: Readonly<Record<string, string>>;
  /** The bucket that runs are kept in. */
  readonly bucket: string;
  readonly batchRoleArn: string;
  readonly stateMachineArn: string;
}
