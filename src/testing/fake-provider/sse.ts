/** One server-sent event; Anthropic names its events, OpenAI does not. */
export function serverSentEvent(data: unknown, name?: string): string {
  const line = `data: ${JSON.stringify(data)}\n\n`;
  return name === undefined ? line : `event: ${name}\n${line}`;
}
