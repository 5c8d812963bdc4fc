/** Where the pool writes: pino's shape, which `console` fits too with its arguments swapped. */
export interface Logger {
  debug(details: object, message: string): void;
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

/** The same logger, whose own failures harm nobody. */
export function guarded(logger: Logger): Logger {
  const safely = (level: keyof Logger) => (details: object, message: string) => {
    try {
      logger[level](details, message);
    } catch {
      // There is nowhere left to say so.
    }
  };
  return {
    debug: safely('debug'),
    info: safely('info'),
    warn: safely('warn'),
    error: safely('error'),
  };
}

export const silentLogger: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
};
