/** Entity tags stand in quotes in headers, and in some bodies without. */
export const unquoted = (etag: string): string => etag.replaceAll('"', '');
