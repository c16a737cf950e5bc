/** The types of compile.js. */
export declare const OUTPUT: string;
export declare function compileTables(): string;
