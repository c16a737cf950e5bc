/**
 * How far the tag actions of services reach beyond what we tag, by AWS's service authorization reference; a test
 * compares, and says what has changed. By IAM prefix.
 */

/** Their tag actions reach types that the catalogue has no row for, so the ARNs of ours are listed. */
const OTHERS: ReadonlySet<string> = new Set(
  `
  amplifyuibuilder apigateway app-integrations application-signals backup backup-gateway batch bedrock
  bedrock-agentcore braket cleanrooms-ml cloudhsm cloudwatch config datasync devicefarm directconnect
  dms drs ec2 ecs eks elasticmapreduce elemental-inference entityresolution events fis forecast
  frauddetector fsx geo glue greengrass guardduty healthlake inspector2 iot iotdeviceadvisor
  iotmanagedintegrations iotsitewise iotwireless ivs kinesis lambda lex lightsail macie2
  managedblockchain mediaconvert mediapackage mgn mobiletargeting observabilityadmin odb omics
  organizations partnercentral personalize quicksight rds redshift redshift-serverless resiliencehub
  rolesanywhere route53resolver s3express sagemaker securityagent securityhub ssm ssm-incidents
  thinclient timestream-influxdb tnb vpc-lattice wellarchitected wisdom`
    .trim()
    .split(/\s+/),
);

/** Their tag actions reach resources of other services too, so theirs stand in a statement of their own. */
const ABROAD: ReadonlySet<string> = new Set(['backup', 'bedrock', 'ssm']);

export function reachesOthers(service: string): boolean {
  return OTHERS.has(service);
}

export function reachesAbroad(service: string): boolean {
  return ABROAD.has(service);
}

/** All of both, for the comparison. */
export const REACH = { others: [...OTHERS], abroad: [...ABROAD] } as const;
