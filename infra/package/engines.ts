/** The oldest Node that the installed command runs on: that of commander. package.json says the same. */
export const ENGINES = { major: 22, minor: 12 } as const;
