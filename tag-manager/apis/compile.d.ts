export declare const OUTPUT: string;
export declare function compileTables(): string;
