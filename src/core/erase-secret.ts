/** The text without the secret. One that was cut may end with the secret's beginning. */
export function eraseSecret(text: string, secret: string): string {
  const clean = text.replaceAll(secret, '[secret]');
  for (let length = Math.min(secret.length, clean.length); length >= 4; length -= 1) {
    if (clean.endsWith(secret.slice(0, length))) return `${clean.slice(0, -length)}[secret]`;
  }
  return clean;
}
