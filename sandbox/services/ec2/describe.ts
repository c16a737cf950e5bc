/** What calls that describe have in common: filters, and pages. */
import { AwsError } from '../../aws-error.ts';

export interface Filter {
  readonly Name: string;
  readonly Value?: readonly string[];
}

export interface Paging {
  readonly MaxResults?: string;
  readonly NextToken?: string;
}

const MAX_FILTER_VALUES = 200; // AWSEC2/latest/APIReference/API_Filter
const MIN_PAGE = 5;
const MAX_PAGE = 1000; // AWSEC2/latest/APIReference: API_DescribeTags, API_DescribeVolumes, API_DescribeImages

/** Throws for a filter that the call does not have, and for too many values. */
export function checkFilters(filters: readonly Filter[], known: readonly string[]): void {
  for (const { Name, Value = [] } of filters) {
    if (!known.includes(Name))
      throw new AwsError('InvalidParameterValue', 400, `The filter '${Name}' is invalid`);
    if (Value.length <= MAX_FILTER_VALUES) continue;
    const message = `The maximum number of filter values is ${MAX_FILTER_VALUES}`;
    throw new AwsError('FilterLimitExceeded', 400, message);
  }
}

/** The page that is asked for, and the token of the next. */
export function pageOf<Row>(
  rows: readonly Row[],
  { MaxResults, NextToken }: Paging,
): { readonly page: readonly Row[]; readonly nextToken?: string } {
  const size = MaxResults === undefined ? MAX_PAGE : Number(MaxResults);
  if (size < MIN_PAGE || size > MAX_PAGE)
    throw new AwsError('InvalidParameterValue', 400, `MaxResults ${size} is not valid`);
  const start = NextToken === undefined ? 0 : Number(Buffer.from(NextToken, 'base64url').toString());
  const end = start + size;
  const nextToken = Buffer.from(String(end)).toString('base64url');
  return { page: rows.slice(start, end), ...(end < rows.length && { nextToken }) };
}
