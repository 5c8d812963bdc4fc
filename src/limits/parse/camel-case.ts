/** `project-tokens` as `projectTokens`; underscores stay. */
export function camelCase(name: string): string {
  return name.replace(/[-\s]+([a-z\d])/gi, (_, letter: string) => letter.toUpperCase());
}
