// Measures the one case that it is told, alone in its process, and prints what it found.
import { idOf } from './case.js';
import { allCases } from './cases/all-cases.js';

const [, , id] = process.argv;
const found = allCases().find((each) => idOf(each) === id);
if (found === undefined) throw new Error(`Expected a case, got ${id}`);
const measured = await found.measure();
process.stdout.write(JSON.stringify(measured), () => process.exit());
