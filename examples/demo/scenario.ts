import { type FakeOrganisation, type FakeProvider, startFakeProvider } from 'keypool/testing';

/** How long each contestant may try. */
export const DURATION_MS = 6_000;

const perMinute = (limit: number) => ({ limit, windowMs: 60_000 });

/** Eight keys of three organisations, each of which runs short of something else first. */
export const organisations: readonly FakeOrganisation[] = [
  {
    id: 'org-requests',
    keys: ['sk-ant-demo-1', 'sk-ant-demo-4', 'sk-ant-demo-6', 'sk-ant-demo-8'],
    limits: {
      '*': {
        requests: perMinute(100),
        inputTokens: perMinute(400_000),
        outputTokens: perMinute(80_000),
      },
    },
  },
  {
    id: 'org-input',
    keys: ['sk-ant-demo-2', 'sk-ant-demo-5', 'sk-ant-demo-7'],
    limits: {
      '*': {
        requests: perMinute(500),
        inputTokens: perMinute(150_000),
        outputTokens: perMinute(50_000),
      },
    },
  },
  {
    id: 'org-output',
    keys: ['sk-ant-demo-3'],
    limits: {
      '*': {
        requests: perMinute(500),
        inputTokens: perMinute(400_000),
        outputTokens: perMinute(7_000),
      },
    },
  },
];

/** All that a contestant is told: secrets, in an order that gives nothing away. */
export const secrets: readonly string[] = organisations.flatMap(({ keys }) => keys).sort();

const organisationBySecret: ReadonlyMap<string, string> = new Map(
  organisations.flatMap(({ id, keys }) => keys.map((secret) => [secret, id])),
);

/** Whose key it is: for the referee only. */
export const organisationOf = (secret: string): string => organisationBySecret.get(secret) ?? '';

/** A provider on this machine, with fresh limits. */
export const startProvider = (): Promise<FakeProvider> =>
  startFakeProvider({ organisations, latencyMs: [50, 150] });
